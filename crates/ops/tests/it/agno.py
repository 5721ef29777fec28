"""agno's own database code over its rows: told by lines of JSON, answered by as many."""

import json
import os
import sys

# agno prints by itself: that goes where errors go.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from agno.tools.google.auth.tokens import load_token_from_db, save_token_to_db
from agno.utils.encryption import encrypt_dict
from google.oauth2.credentials import Credentials


def database(url):
    if url.startswith("sqlite"):
        from agno.db.sqlite import SqliteDb

        return SqliteDb(db_url=url)
    from agno.db.postgres import PostgresDb

    return PostgresDb(db_url=url)


def save(told):
    """Writes the slot that agno's Google tools use."""
    info, key = told["info"], told["key"]
    creds = Credentials.from_authorized_user_info(info)
    db = database(told["url"])
    return save_token_to_db(db, creds, info["scopes"], key, key is not None)


def put(told):
    """Writes a row of anybody's, as agno's database does."""
    row = told["row"]
    if told["key"] is not None:
        row["token_data"] = encrypt_dict(row["token_data"], key=told["key"])
    return database(told["url"]).upsert_auth_token(row) is not None


def load(told):
    row, creds = load_token_from_db(database(told["url"]), told["key"])
    if creds is None:
        return None
    return {
        "id": row["id"],
        "created_at": row["created_at"],
        "keys": sorted(row["token_data"]),
        "token": creds.token,
        "refresh_token": creds.refresh_token,
        "client_id": creds.client_id,
        "client_secret": creds.client_secret,
        "scopes": creds.scopes,
        "expiry": creds.expiry.isoformat(),
    }


for line in sys.stdin:
    told = json.loads(line)
    answer = {"save": save, "put": put, "load": load}[told["do"]](told)
    print(json.dumps(answer), file=answers, flush=True)
