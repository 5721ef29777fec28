//! Sheets' clients in tests.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use bytes::Bytes;
use serde_json::{Value, json};

use crate::client::{ALICE, BOB, Reply, authorized};
use crate::drive::harness::{Drive, percent};

pub(crate) const SHEETS: &str = "https://www.googleapis.com/auth/spreadsheets";
pub(crate) const READONLY: &str = "https://www.googleapis.com/auth/spreadsheets.readonly";
pub(crate) const ID: &str = "1Book000000000000000000000000000001";

/// An emulator in which Alice has a spreadsheet.
pub(crate) struct Book {
    pub(crate) drive: Drive,
}

impl Book {
    /// With one tab, `Sheet1`, of these rows; Bob may write it.
    pub(crate) async fn of(rows: Value) -> Self {
        Self::with(json!({ "tabs": [{ "name": "Sheet1", "rows": rows }] })).await
    }

    /// With these fields of a seed's file.
    pub(crate) async fn with(mut file: Value) -> Self {
        file["id"] = ID.into();
        file["name"] = "Book".into();
        if file["shared_with"].is_null() {
            file["shared_with"] = json!([{ "role": "writer", "email": BOB }]);
        }
        Self {
            drive: Drive::of(json!([file])).await,
        }
    }

    /// Makes a call; the line is a method and what stands behind the spreadsheet's id.
    pub(crate) async fn send(&self, token: &str, line: &str, body: Value) -> Reply {
        let (verb, rest) = line.split_once(' ').unwrap();
        self.raw(token, &format!("{verb} /v4/spreadsheets/{ID}{rest}"), body)
            .await
    }

    pub(crate) async fn raw(&self, token: &str, line: &str, body: Value) -> Reply {
        let (verb, path) = line.split_once(' ').unwrap();
        let request = authorized(verb, path, token);
        let (request, body) = if body.is_null() {
            (request, Bytes::new())
        } else {
            let request = request.header("content-type", "application/json");
            (request, body.to_string().into())
        };
        let sent = self.drive.client.send(request.body(body).unwrap()).await;
        sent.unwrap()
    }

    pub(crate) fn alice(&self) -> String {
        self.drive.emulator.issue_token(ALICE, &[SHEETS])
    }

    pub(crate) fn bob(&self) -> String {
        self.drive.emulator.issue_token(BOB, &[SHEETS])
    }

    /// Alice's call, which succeeds.
    pub(crate) async fn ok(&self, line: &str, body: Value) -> Value {
        let reply = self.send(&self.alice(), line, body).await;
        assert!(
            reply.status < 300,
            "{line}: {} {}",
            reply.status,
            reply.text()
        );
        reply.json()
    }

    /// Alice's call, which is refused: status and message.
    pub(crate) async fn refused(&self, line: &str, body: Value) -> (u16, String) {
        let reply = self.send(&self.alice(), line, body).await;
        assert!(reply.status >= 400, "{line}: {}", reply.text());
        let (status, _, message) = reply.error();
        (status, message)
    }

    /// Requests in one batch; their replies.
    pub(crate) async fn batch(&self, requests: Value) -> Value {
        let done = self
            .ok("POST :batchUpdate", json!({ "requests": requests }))
            .await;
        assert_eq!(
            done["replies"].as_array().unwrap().len(),
            requests.as_array().unwrap().len()
        );
        done["replies"].clone()
    }

    /// A batch that is refused: its message.
    pub(crate) async fn batch_refused(&self, requests: Value) -> String {
        let body = json!({ "requests": requests });
        let (status, message) = self.refused("POST :batchUpdate", body).await;
        assert_eq!(status, 400, "{message}");
        message
    }

    /// The values of a range as they show.
    pub(crate) async fn shown(&self, range: &str) -> Value {
        self.read(range, "").await
    }

    /// The values of a range by the parameters behind it.
    pub(crate) async fn read(&self, range: &str, query: &str) -> Value {
        let line = format!("GET /values/{}{query}", percent(range).replace('+', "%20"));
        self.ok(&line, Value::Null).await["values"].clone()
    }

    /// Values without their formats.
    pub(crate) async fn plain(&self, range: &str) -> Value {
        self.read(range, "?valueRenderOption=UNFORMATTED_VALUE")
            .await
    }

    /// What was entered.
    pub(crate) async fn entered(&self, range: &str) -> Value {
        self.read(range, "?valueRenderOption=FORMULA").await
    }

    /// Enters rows as if they were typed.
    pub(crate) async fn enter(&self, range: &str, rows: Value) -> Value {
        let range = percent(range).replace('+', "%20");
        let line = format!("PUT /values/{range}?valueInputOption=USER_ENTERED");
        self.ok(&line, json!({ "values": rows })).await
    }

    /// All of the spreadsheet, by a mask.
    pub(crate) async fn get(&self, fields: &str) -> Value {
        self.ok(&format!("GET ?fields={}", percent(fields)), Value::Null)
            .await
    }

    /// One cell, all of it.
    pub(crate) async fn cell(&self, range: &str) -> Value {
        let range = percent(range).replace('+', "%20");
        let line = format!("GET ?includeGridData=true&ranges={range}");
        let book = self.ok(&line, Value::Null).await;
        book["sheets"][0]["data"][0]["rowData"][0]["values"][0].clone()
    }
}

/// Cells of the first tab, from a row and a column to before others.
pub(crate) fn grid(rows: (u32, u32), columns: (u32, u32)) -> Value {
    json!({
        "sheetId": 0,
        "startRowIndex": rows.0, "endRowIndex": rows.1,
        "startColumnIndex": columns.0, "endColumnIndex": columns.1,
    })
}
