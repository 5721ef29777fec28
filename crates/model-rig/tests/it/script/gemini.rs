//! Gemini's generateContent.

use serde_json::{Value, json};

use super::Format;
use crate::server::Scripted;
use crate::wire::How;

pub(crate) const FORMAT: Format = Format { calls, text };

/// Base64, as Gemini's signatures are.
pub(crate) const SIGNATURE: &str = "c2lnbmF0dXJl";

fn calls(how: How, calls: &[(&str, Value)]) -> Scripted {
    let parts: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(index, (name, arguments))| {
            let mut part = json!({"functionCall": {"name": name, "args": arguments}});
            // Only the first of several calls at once is signed.
            if index == 0 {
                part["thoughtSignature"] = json!(SIGNATURE);
            }
            part
        })
        .collect();
    said(how, &[parts])
}

fn text(how: How, pieces: &[&str]) -> Scripted {
    let parts = |text: &str| vec![json!({"text": text})];
    match how {
        How::Whole => said(how, &[parts(&pieces.concat())]),
        How::InPieces => {
            let pieces: Vec<_> = pieces.iter().map(|piece| parts(piece)).collect();
            said(how, &pieces)
        }
    }
}

fn said(how: How, chunks: &[Vec<Value>]) -> Scripted {
    let last = chunks.len() - 1;
    let chunks: Vec<Value> = chunks
        .iter()
        .enumerate()
        .map(|(index, parts)| {
            let mut candidate = json!({
                "content": {"role": "model", "parts": parts}, "index": 0
            });
            if index == last {
                candidate["finishReason"] = json!("STOP");
            }
            json!({
                "candidates": [candidate], "modelVersion": "gemini-2.5-flash",
                "responseId": "r1",
                "usageMetadata": {
                    "promptTokenCount": 100, "candidatesTokenCount": 15,
                    "thoughtsTokenCount": 5, "totalTokenCount": 120,
                    "cachedContentTokenCount": 60
                }
            })
        })
        .collect();
    match how {
        How::Whole => Scripted::json(&chunks[0]),
        How::InPieces => Scripted::events(&chunks),
    }
}
