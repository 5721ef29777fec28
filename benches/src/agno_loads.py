"""Loads agno's token from a database, as often as each line of standard input says."""

import sys
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

from agno.db.sqlite import SqliteDb
from agno.tools.google.auth.tokens import load_token_from_db, save_token_to_db
from agno.utils.encryption import generate_encryption_key

key = generate_encryption_key()
db = SqliteDb(db_file=sys.argv[1])
scopes = sys.argv[2:]
credentials = SimpleNamespace(
    token="ya29." + "a" * 215,
    refresh_token="1//" + "r" * 100,
    token_uri="https://oauth2.googleapis.com/token",
    client_id="1234567890-abcdef.apps.googleusercontent.com",
    client_secret="GOCSPX-" + "s" * 28,
    expiry=datetime.utcnow().replace(microsecond=0) + timedelta(hours=1),
)
assert save_token_to_db(db, credentials, scopes, key)
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter_ns()
    for _ in range(int(line)):
        row, loaded = load_token_from_db(db, key)
    spent = time.perf_counter_ns() - start
    assert loaded.token == credentials.token
    print(spent, flush=True)
