//! What an application makes of the pages: its name, logo and colours.

use http::StatusCode;
use toolgate_auth::GoogleAuthBuilder;
use toolgate_signin::{Branding, Logo, PageOptions};

use crate::browser::{Browser, Page};
use crate::mounting::refusal;
use crate::site::{Site, SiteBuilder};

async fn branded(branding: Branding) -> Site {
    SiteBuilder::new()
        .at("http://127.0.0.1:4000/tools")
        .with_pages(PageOptions::new().with_branding(branding))
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await
}

async fn connect_page(site: &Site) -> Page {
    let link = site.link("alice").await;
    Browser::new().get(site, link.url.as_str()).await
}

#[tokio::test]
async fn the_pages_bear_the_name_and_the_colours_that_were_chosen() {
    let branding = Branding::new()
        .with_name("Ex <am> ple")
        .with_accent("#7a1fa2")
        .with_dark_accent("#fc0");
    let site = branded(branding).await;
    let page = connect_page(&site).await;
    page.assert_says("Connect Google to <bdi>Ex &#60;am&#62; ple</bdi>");
    page.assert_silent_about("Example &");
    page.assert_silent_about("<img");
    let style = Browser::new().get(&site, "/tools/google/style.css").await;
    style.assert_says(
        ":root { --button: #7a1fa2; --on-button: #ffffff; --button-line: #7a1fa2; }\n\
         @media (prefers-color-scheme: dark) { :root { --button: #ffcc00; --on-button: #000000; \
         --button-line: #ffcc00; } }\n",
    );
    // What is not set is as it was, and what stands on the button goes by the last word.
    style.assert_says("--warn-line: #9a6700");
    let last = style.body.rfind("--on-button:").unwrap();
    assert!(style.body.find(".account").unwrap() < last);
}

#[tokio::test]
async fn a_logo_comes_from_the_site_itself_and_the_policy_allows_nothing_else() {
    let data = "data:image/svg+xml;base64,PHN2Zy8+";
    let logos = [
        (
            Logo::at_path("/static/logo.svg?v=\"1\""),
            "/static/logo.svg?v=&#34;1&#34;",
            None,
        ),
        (
            Logo::from_bytes("image/png", *b"PNG"),
            "/tools/google/logo",
            Some(("image/png", "PNG")),
        ),
        (
            Logo::from_data_url(data),
            "/tools/google/logo",
            Some(("image/svg+xml", "<svg/>")),
        ),
    ];
    for (logo, address, served) in logos {
        let site = branded(Branding::new().with_logo(logo)).await;
        let page = connect_page(&site).await;
        page.assert_says(&format!("<img src=\"{address}\" alt=\"Example &#38; Co\">"));
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'; style-src 'self'; img-src 'self';"),
            "{policy}"
        );
        let answer = Browser::new().get(&site, "/tools/google/logo").await;
        let Some((media_type, body)) = served else {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            continue;
        };
        assert_eq!(answer.header("content-type"), media_type);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        assert_eq!(answer.body, body);
    }
}

#[tokio::test]
async fn a_branding_that_would_not_do_is_refused_when_the_router_is_made() {
    let cases = [
        (Branding::new().with_accent("blue"), "#rgb"),
        (Branding::new().with_dark_accent("#fff;}"), "#rgb"),
        (Branding::new().with_name(" "), "name"),
        (Branding::new().with_name("a\nb"), "name"),
        (Branding::new().with_name("x".repeat(101)), "name"),
        (
            Branding::new().with_logo(Logo::at_path("https://cdn.example/logo.png")),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::at_path("//cdn.example/logo.png")),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::from_bytes("text/html", *b"<p>")),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::from_bytes("image/png", *b"")),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::from_bytes("image/png", vec![0; 524_289])),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::from_data_url("data:image/png,x")),
            "logo",
        ),
        (
            Branding::new().with_logo(Logo::from_data_url("data:image/png;base64,?")),
            "logo",
        ),
    ];
    for (branding, says) in cases {
        let shown = format!("{branding:.60?}");
        let options = PageOptions::new().with_branding(branding);
        let text = refusal(|it| it.with_public_url("https://app.example"), options).await;
        assert!(text.contains(says), "{text}: {shown}");
    }
}
