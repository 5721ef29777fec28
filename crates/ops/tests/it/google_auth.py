"""Python's google-auth over token files: told by lines of JSON, answered by as many."""

import json
import sys

from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

for line in sys.stdin:
    told = json.loads(line)
    credentials = Credentials.from_authorized_user_file(told["path"])
    # The one thing that the library lets nobody choose.
    credentials._token_uri = told["token_uri"]
    credentials.refresh(Request())
    with open(told["path"], "w") as file:
        file.write(credentials.to_json())
    print(json.dumps(credentials.token), flush=True)
