"""Calls tools of agno's GmailTools on a loopback Google, one for each line of standard input."""

import json
import sys
import time

import httplib2
from agno.tools.google.gmail import GmailTools
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

base, token = sys.argv[1:3]
scopes = sys.argv[3:]


class LoopbackGmailTools(GmailTools):
    """agno's, with the client that it builds pointed elsewhere."""

    def _build_google_service(self, api_name, api_version, creds):
        http = httplib2.Http(timeout=self._get_http_timeout())
        return build(
            api_name,
            api_version,
            http=AuthorizedHttp(creds, http=http),
            client_options={"api_endpoint": base},
        )


# Its own limit is 20 mails a search.
tools = LoopbackGmailTools(creds=Credentials(token=token, scopes=scopes), max_results=50)
print("ready", flush=True)
for line in sys.stdin:
    name, arguments = json.loads(line)
    start = time.perf_counter_ns()
    text = getattr(tools, name)(**arguments)
    spent = time.perf_counter_ns() - start
    print(json.dumps({"spent": spent, "text": text}), flush=True)
