//! Google Meet on an event, for callers who say that they know of conferences.

use serde_json::{Map, Value, json};

use super::errors::invalid;
use crate::call::{ApiError, Call};
use crate::random;

/// Whether the caller knows of conferences; what others say of them is not heard.
pub(super) fn is_known(call: &Call) -> bool {
    call.query_one("conferenceDataVersion") == Some("1")
}

/// Takes out what a caller who knows of no conferences says of one.
///
/// # Errors
/// When the version is none that there is.
pub(super) fn hear(call: &Call, fields: &mut Map<String, Value>) -> Result<(), ApiError> {
    match call.query_one("conferenceDataVersion") {
        Some("1") => Ok(()),
        None | Some("0") => {
            fields.remove("conferenceData");
            Ok(())
        }
        Some(_) => Err(invalid("Invalid conference data version.")),
    }
}

/// Makes the conference that an event's fields ask for.
///
/// # Errors
/// When the request has no id, or asks for another product.
pub(super) fn make(fields: &mut Map<String, Value>) -> Result<(), ApiError> {
    let Some(data) = fields.get("conferenceData") else {
        fields.remove("hangoutLink");
        return Ok(());
    };
    let request = &data["createRequest"];
    if request.is_null() || data["entryPoints"].is_array() {
        return Ok(());
    }
    let id = request["requestId"].as_str().unwrap_or_default();
    let kind = request["conferenceSolutionKey"]["type"]
        .as_str()
        .unwrap_or("hangoutsMeet");
    if id.is_empty() || kind != "hangoutsMeet" {
        return Err(invalid("Invalid conference type value."));
    }
    let code = code(id);
    let link = format!("https://meet.google.com/{code}");
    let made = json!({
        "createRequest": {
            "requestId": id,
            "conferenceSolutionKey": { "type": kind },
            "status": { "statusCode": "success" },
        },
        "entryPoints": [{
            "entryPointType": "video",
            "uri": link,
            "label": format!("meet.google.com/{code}"),
        }],
        "conferenceSolution": {
            "key": { "type": kind },
            "name": "Google Meet",
            "iconUri": "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/192px.svg",
        },
        "conferenceId": code,
    });
    fields.insert("conferenceData".to_owned(), made);
    fields.insert("hangoutLink".to_owned(), link.into());
    Ok(())
}

/// Such as `abc-defg-hij`; the same for the same request.
fn code(request: &str) -> String {
    let digest = random::sha256(&format!("meet {request}"));
    let mut letters = digest
        .bytes()
        .cycle()
        .map(|byte| char::from(b'a' + byte % 26));
    let mut take = |count| letters.by_ref().take(count).collect::<String>();
    format!("{}-{}-{}", take(3), take(4), take(3))
}
