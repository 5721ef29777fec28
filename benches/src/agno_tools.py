"""Calls tools of one of agno's toolkits on a loopback Google, one for each line of standard input."""

import importlib
import inspect
import json
import sys
import time

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient import discovery_cache
from googleapiclient.discovery import build_from_document

CLASSES = {
    "gmail": "GmailTools",
    "calendar": "GoogleCalendarTools",
    "sheets": "GoogleSheetsTools",
    "slides": "GoogleSlidesTools",
}

name, base, token, options = sys.argv[1:5]
toolkit = getattr(importlib.import_module(f"agno.tools.google.{name}"), CLASSES[name])


class Loopback(toolkit):
    """agno's, with the clients that it builds pointed elsewhere."""

    def _build_google_service(self, api_name, api_version, creds):
        document = json.loads(discovery_cache.get_static_doc(api_name, api_version))
        document["rootUrl"] = base
        document.pop("mtlsRootUrl", None)
        http = AuthorizedHttp(creds, http=httplib2.Http(timeout=60, proxy_info=None))
        return build_from_document(document, http=http)


# Every tool has a flag of its own name, and some are off by default.
flags = inspect.signature(toolkit.__init__).parameters
options = {flag: True for flag in flags if callable(getattr(toolkit, flag, None))} | json.loads(options)
tools = Loopback(creds=Credentials(token), **options)
print("ready", flush=True)
for line in sys.stdin:
    name, arguments = json.loads(line)
    start = time.perf_counter_ns()
    text = tools.functions[name].entrypoint(**arguments)
    spent = time.perf_counter_ns() - start
    print(json.dumps({"spent": spent, "text": text}), flush=True)
