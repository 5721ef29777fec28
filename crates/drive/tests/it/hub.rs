//! The hub for program code: whose tokens it has, where it goes, and who may have it.

use crate::world::{ALICE, World, all_tools};

#[tokio::test]
async fn a_hub_reads_and_writes_as_the_person_at_the_endpoints() {
    let world = World::office().await;
    let toolkit = all_tools();
    let tools = world.tools_of(ALICE, toolkit.clone());
    let hub = toolkit.hub(&tools.context("drive").unwrap()).await.unwrap();
    let (_, about) = hub
        .about()
        .get()
        .param("fields", "user")
        .doit()
        .await
        .unwrap();
    assert_eq!(about.user.unwrap().email_address.as_deref(), Some(ALICE));
    let new = toolgate_drive::google_drive3::api::File {
        name: Some("by the hub.txt".to_owned()),
        ..Default::default()
    };
    let content = std::io::Cursor::new(b"hello".to_vec());
    let (_, made) = hub
        .files()
        .create(new)
        .upload(content, "text/plain".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(made.name.as_deref(), Some("by the hub.txt"));
    let requests = world.emulator.requests();
    assert!(
        requests
            .iter()
            .any(|it| it.path.starts_with("/upload/drive/v3/files"))
    );
}
