//! How an application makes the pages its own: name, logo, colours.

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use toolgate_auth::sign_in::is_path_of_this_site;

use crate::colour::Colour;
use crate::error::ErrorKind;

/// What pages can show: pictures, by their media type.
const PICTURES: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "image/svg+xml",
];
const MAX_LOGO: usize = 512 * 1024;
const MAX_NAME: usize = 100;
/// What WCAG 2 asks of a control against what is behind it.
const SEEN: f64 = 3.0;

/// Name, logo and colours of the pages. What is not set is as Toolgate has it.
///
/// ```
/// use toolgate_signin::{Branding, Logo, PageOptions};
///
/// let branding = Branding::new()
///     .with_name("Example")
///     .with_logo(Logo::at_path("/static/logo.svg"))
///     .with_accent("#7a1fa2")
///     .with_dark_accent("#d7a6f0");
/// let options = PageOptions::new().with_branding(branding);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Branding {
    name: Option<String>,
    logo: Option<Logo>,
    accent: Option<String>,
    dark_accent: Option<String>,
}

/// A logo. The pages show it as high as three lines, and their policy lets it come from the
/// application's own site only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo(Source);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Path(String),
    Bytes { media_type: String, bytes: Bytes },
    DataUrl(String),
}

impl Logo {
    /// A picture that the application serves itself, by its path as browsers see it.
    pub fn at_path(path: impl Into<String>) -> Self {
        Self(Source::Path(path.into()))
    }

    /// A picture that the router serves, such as `("image/png", include_bytes!(..))`.
    pub fn from_bytes(media_type: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let (media_type, bytes) = (media_type.into(), Bytes::from(bytes.into()));
        Self(Source::Bytes { media_type, bytes })
    }

    /// A picture that the router serves, from a `data:` URL in base64.
    pub fn from_data_url(url: impl Into<String>) -> Self {
        Self(Source::DataUrl(url.into()))
    }
}

impl Branding {
    /// Nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// The application's name on the pages, if not that of the `GoogleAuth`.
    pub fn with_name(self, name: impl Into<String>) -> Self {
        let name = Some(name.into());
        Self { name, ..self }
    }

    /// The logo above each page.
    pub fn with_logo(self, logo: Logo) -> Self {
        let logo = Some(logo);
        Self { logo, ..self }
    }

    /// The colour of the buttons, `#rgb` or `#rrggbb`. What stands on them is black or white,
    /// whichever is easier to read.
    pub fn with_accent(self, colour: impl Into<String>) -> Self {
        let accent = Some(colour.into());
        Self { accent, ..self }
    }

    /// The same where a browser prefers dark pages; without it, the one colour serves both.
    pub fn with_dark_accent(self, colour: impl Into<String>) -> Self {
        let dark_accent = Some(colour.into());
        Self {
            dark_accent,
            ..self
        }
    }
}

/// A branding that was checked.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) app: String,
    /// Where pages find the logo.
    pub(crate) logo: Option<String>,
    /// The logo that the router serves, with its media type.
    pub(crate) logo_file: Option<(HeaderValue, Bytes)>,
    /// The whole stylesheet.
    pub(crate) style: String,
}

impl Branding {
    /// `served_at` is where pages find a logo that the router serves.
    pub(crate) fn look(self, app: &str, served_at: &str, style: &str) -> Result<Look, ErrorKind> {
        let app = self.name.unwrap_or_else(|| app.to_owned());
        if app.trim().is_empty() || app.len() > MAX_NAME || app.contains(char::is_control) {
            return Err(ErrorKind::Name);
        }
        let style = style_with(style, self.accent.as_deref(), self.dark_accent.as_deref())?;
        let (logo, logo_file) = match self.logo {
            None => (None, None),
            Some(Logo(Source::Path(path))) if is_path_of_this_site(&path) => (Some(path), None),
            Some(Logo(Source::Path(_))) => {
                return Err(ErrorKind::Logo("it is not a path of this site"));
            }
            Some(Logo(source)) => (Some(served_at.to_owned()), Some(picture(source)?)),
        };
        Ok(Look {
            app,
            logo,
            logo_file,
            style,
        })
    }
}

fn picture(source: Source) -> Result<(HeaderValue, Bytes), ErrorKind> {
    let (media_type, bytes) = match source {
        Source::Bytes { media_type, bytes } => (media_type, bytes),
        Source::DataUrl(url) | Source::Path(url) => decode(&url).ok_or(ErrorKind::Logo(
            "it is not a data: URL of a picture in base64",
        ))?,
    };
    let known = PICTURES.iter().find(|it| **it == media_type);
    let known = known.ok_or(ErrorKind::Logo(
        "it is not a picture that browsers show; PNG, JPEG, WebP, GIF and SVG are",
    ))?;
    if bytes.is_empty() || bytes.len() > MAX_LOGO {
        return Err(ErrorKind::Logo("it is empty or larger than 512 KiB"));
    }
    Ok((HeaderValue::from_static(known), bytes))
}

fn decode(url: &str) -> Option<(String, Bytes)> {
    let (media_type, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    Some((media_type.to_owned(), STANDARD.decode(data).ok()?.into()))
}

/// The stylesheet, with the colours as custom properties behind those that it has itself.
fn style_with(
    style: &str,
    accent: Option<&str>,
    dark_accent: Option<&str>,
) -> Result<String, ErrorKind> {
    let parse = |text: &str| {
        Colour::parse(text).ok_or_else(|| ErrorKind::Colour(text.chars().take(40).collect()))
    };
    let light = accent.map(parse).transpose()?;
    let dark = dark_accent.map(parse).transpose()?.or(light);
    let light = light.map(|colour| {
        let properties = properties(colour, Colour::LIGHT_PAGE);
        format!(":root {{ {properties} }}\n")
    });
    let dark = dark.map(|colour| {
        let properties = properties(colour, Colour::DARK_PAGE);
        format!("@media (prefers-color-scheme: dark) {{ :root {{ {properties} }} }}\n")
    });
    let added = [light, dark].into_iter().flatten();
    Ok(std::iter::once(style.to_owned()).chain(added).collect())
}

/// A button that would not be seen on its page gets an edge that is.
fn properties(button: Colour, page: Colour) -> String {
    let edge = if button.contrast(page) < SEEN {
        page.text_on()
    } else {
        button
    };
    let text = button.text_on();
    format!("--button: {button}; --on-button: {text}; --button-line: {edge};")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(light: Option<&str>, dark: Option<&str>) -> String {
        style_with("", light, dark).unwrap()
    }

    #[test]
    fn colours_become_custom_properties_with_text_that_can_be_read() {
        let dark_only = "@media (prefers-color-scheme: dark) { :root { --button: #ffcc00; \
                         --on-button: #000000; --button-line: #ffcc00; } }\n";
        assert_eq!(style(None, None), "");
        assert_eq!(style(None, Some("#fc0")), dark_only);
        let both = style(Some("#00f"), Some("#fc0"));
        assert!(both.starts_with(
            ":root { --button: #0000ff; --on-button: #ffffff; --button-line: #0000ff; }\n"
        ));
        assert!(both.ends_with(dark_only));
    }

    #[test]
    fn one_colour_serves_both_and_has_an_edge_where_it_would_not_be_seen() {
        let white = style(Some("#fff"), None);
        assert!(white.contains("--button: #ffffff; --on-button: #000000; --button-line: #000000"));
        assert!(white.contains(
            "dark) { :root { --button: #ffffff; --on-button: #000000; --button-line: #ffffff"
        ));
    }
}
