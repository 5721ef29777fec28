//! A text as Google's replies show it.

use serde_json::{Map, Value, json};

use super::{SLIDE_NUMBER, Text};

/// Google shows nine levels of each list.
const LEVELS: usize = 9;

impl Text {
    /// Google's `TextContent`.
    pub(in crate::slides) fn json(&self) -> Value {
        let mut elements = Vec::new();
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            let bounds = self.bounds(at);
            let style = if paragraph.style.is_null() {
                json!({})
            } else {
                paragraph.style.clone()
            };
            let mut marker = json!({ "style": style });
            if let (Some(bullet), Some(glyph)) = (&paragraph.bullet, self.glyph(at)) {
                marker["bullet"] = json!({
                    "listId": bullet.list,
                    "nestingLevel": bullet.level,
                    "glyph": glyph,
                    "bulletStyle": {},
                });
            }
            elements.push(json!({
                "startIndex": bounds.start,
                "endIndex": bounds.end + 1,
                "paragraphMarker": marker,
            }));
            for run in self.runs_in(bounds.start..bounds.end + 1) {
                let end = run.start + run.text.encode_utf16().count();
                let is_number = run.text.encode_utf16().eq([SLIDE_NUMBER]);
                let mut element = json!({ "startIndex": run.start, "endIndex": end });
                if is_number {
                    element["autoText"] =
                        json!({ "type": "SLIDE_NUMBER", "content": "‹#›", "style": *run.style });
                } else {
                    element["textRun"] = json!({ "content": run.text, "style": *run.style });
                }
                elements.push(element);
            }
        }
        let mut text = json!({ "textElements": elements });
        let used = |id: &&String| {
            let mut bullets = self.paragraphs.iter().filter_map(|it| it.bullet.as_ref());
            bullets.any(|bullet| bullet.list == **id)
        };
        let lists: Map<String, Value> = self.lists.keys().filter(used).map(list).collect();
        if !lists.is_empty() {
            text["lists"] = Value::Object(lists);
        }
        text
    }
}

fn list(id: &String) -> (String, Value) {
    let levels = (0..LEVELS).map(|level| (level.to_string(), json!({ "bulletStyle": {} })));
    let levels: Map<String, Value> = levels.collect();
    (id.clone(), json!({ "listId": id, "nestingLevel": levels }))
}
