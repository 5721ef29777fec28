"""What Python's google-auth makes of token files: told by a line of JSON, answered by one."""

import json
import sys

from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials


def what_it_reads(path):
    credentials = Credentials.from_authorized_user_file(path)
    with open(path) as file:
        keys = list(json.load(file))
    return {
        "token": credentials.token,
        "refresh_token": credentials.refresh_token,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scopes": credentials.scopes,
        "expiry": credentials.expiry.isoformat(),
        "valid": credentials.valid,
        "same_keys": keys == list(json.loads(credentials.to_json())),
    }


def refresh_and_write(path, token_uri):
    credentials = Credentials.from_authorized_user_file(path)
    # The one thing that the library lets nobody choose.
    credentials._token_uri = token_uri
    credentials.refresh(Request())
    with open(path, "w") as file:
        file.write(credentials.to_json())
    return credentials.token


def accepts(text):
    try:
        Credentials.from_authorized_user_info(json.loads(text))
    except ValueError:
        return False
    return True


told = json.loads(sys.stdin.readline())
if told["do"] == "read":
    answer = what_it_reads(told["path"])
elif told["do"] == "refresh":
    answer = refresh_and_write(told["path"], told["token_uri"])
else:
    answer = [accepts(text) for text in told["texts"]]
print(json.dumps(answer))
