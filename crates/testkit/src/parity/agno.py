"""agno's own Google tools against the emulator: told by lines of JSON, each answered by one."""

import importlib
import importlib.metadata
import inspect
import json
import sys

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient import discovery_cache
from googleapiclient.discovery import build_from_document

CLASSES = {
    "gmail": "GmailTools",
    "calendar": "GoogleCalendarTools",
    "drive": "GoogleDriveTools",
    "sheets": "GoogleSheetsTools",
    "slides": "GoogleSlidesTools",
}


def toolkit_of(name):
    return getattr(importlib.import_module(f"agno.tools.google.{name}"), CLASSES[name])


def at(root, toolkit):
    """The toolkit's class, with its clients pointed at another root; batches go there as well."""

    class Here(toolkit):
        def _build_google_service(self, api_name, api_version, creds):
            document = json.loads(discovery_cache.get_static_doc(api_name, api_version))
            document["rootUrl"] = root
            document.pop("mtlsRootUrl", None)
            http = AuthorizedHttp(creds, http=httplib2.Http(timeout=60, proxy_info=None))
            return build_from_document(document, http=http)

    return Here


def with_all_tools(toolkit, **options):
    """Every tool has a flag of its own name, and some are off by default."""
    flags = inspect.signature(toolkit.__init__).parameters
    options.update({name: True for name in flags if callable(getattr(toolkit, name, None))})
    return toolkit(**options)


def parameters(toolkit):
    """What a model is shown of each tool, and the defaults that it is not shown."""
    toolkit = toolkit_of(toolkit)
    told = {}
    for name, function in with_all_tools(toolkit, creds=Credentials("none")).functions.items():
        function.process_entrypoint()
        schema = function.parameters
        defaults = inspect.signature(getattr(toolkit, name)).parameters
        told[name] = {
            parameter: {
                "types": sorted(
                    kind["type"] for kind in property.get("anyOf", [property]) if kind["type"] != "null"
                ),
                "required": parameter in schema["required"],
                "default": None
                if defaults[parameter].default is inspect.Parameter.empty
                else defaults[parameter].default,
            }
            for parameter, property in schema["properties"].items()
        }
    return {"version": importlib.metadata.version("agno"), "tools": told}


def call(toolkit, root, token, options, tool, arguments):
    """One call of a toolkit that was just made; JSON is taken apart."""
    toolkit = at(root, toolkit_of(toolkit))
    tools = with_all_tools(toolkit, creds=Credentials(token), **options)
    said = tools.functions[tool].entrypoint(**arguments)
    try:
        return json.loads(said)
    except ValueError:
        return said


DO = {"parameters": parameters, "call": call}

for line in sys.stdin:
    told = json.loads(line)
    print(json.dumps(DO[told.pop("do")](**told)), flush=True)
