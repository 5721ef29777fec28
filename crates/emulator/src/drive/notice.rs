//! The mails that tell people of a file that is shared with them.

use super::methods::Asked;
use super::node::{Grantee, Permission, Role};
use super::world::Drives;
use crate::gmail::Outgoing;

/// Writes to whom a file is shared with.
pub(super) fn send(drives: &mut Drives, asked: Asked<'_>, id: &str, permission: &Permission) {
    let (Grantee::User(to) | Grantee::Group(to)) = &permission.grantee else {
        return;
    };
    let Some(file) = drives.files.get(id) else {
        return;
    };
    let sender = drives.account(asked.user);
    let name = sender.map_or(asked.user, |account| &account.name);
    let drive = drives.shared.get(id);
    let name_of_file = one_line(drive.map_or(&file.name, |drive| &drive.name));
    let what = match permission.role {
        Role::Owner => "has made you the owner of",
        Role::Reader => "has invited you to view",
        Role::Commenter => "has invited you to comment on",
        _ => "has invited you to edit",
    };
    let link = format!("https://drive.google.com/file/d/{id}/view");
    let message = asked.call.query_one("emailMessage").unwrap_or_default();
    let subject = format!("Item shared with you: \"{name_of_file}\"");
    let text = format!(
        "{name} ({}) {what} the following item:\n\n{name_of_file}\n{link}\n\n{message}\n",
        asked.user
    );
    let mail = mail_builder::MessageBuilder::new()
        .from((
            format!("{name} (via Google Drive)"),
            "drive-shares-dm-noreply@google.com".to_owned(),
        ))
        .to(to.as_str())
        .reply_to(asked.user)
        .subject(subject)
        .date(asked.now_ms / 1000)
        .text_body(text);
    if let Ok(raw) = mail.write_to_vec() {
        let recipients = vec![to.clone()];
        drives.outgoing.push(Outgoing { raw, recipients });
    }
}

/// A name that cannot begin a line of its own in a mail.
fn one_line(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
