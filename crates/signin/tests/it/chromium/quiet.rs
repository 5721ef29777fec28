//! Pages that run nothing and ask nobody else.

use toolgate_testkit::Browser;

use super::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_no_page_runs_a_script_or_asks_another_site() {
    let Some(browser) = Browser::start("what pages ask for in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    let used = scene.connect(&browser, "alice", "alice@example.com").await;
    let styled = "/google/style.css";
    let asked = browser.requested().await;
    assert!(asked.iter().any(|url| url.ends_with(styled)), "{asked:?}");
    browser.open(used.as_str()).await;
    browser.sees("This link was used already").await;
    assert_eq!(browser.count("script").await, 0);
    let [chat, site, google] = scene.origins();
    for url in asked.into_iter().chain(browser.requested().await) {
        let ours = [&chat, &site, &google].map(|it| format!("{it}/"));
        let inside = ours.iter().any(|it| url.starts_with(it));
        assert!(inside, "{url}");
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}
