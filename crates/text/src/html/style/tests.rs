//! What styles hide, and what they do not.

use super::{own::Own, *};

fn styled(look: Look, style: &str) -> Look {
    Own::of_style(style).on(look)
}

#[test]
fn text_that_styles_hide_by_colour_size_or_word_is_not_shown() {
    for style in [
        "display:none",
        "display:n\\6fne",
        "display:none;display:nonsense",
        "display:none!important;display:block",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px",
        "font-size:1px;line-height:1px",
        "font-size:0;font-size:12",
        "font:0/0 a",
        "font:italic 700 1px/1 serif",
        "opacity:0",
        "opacity:1%",
        "opacity:0;opacity:1x",
        "filter:opacity(0)",
        "color:#fff;background:#ffffff",
        "color:white;background-color:rgb(255, 255, 255)",
        "color:#fff",
        "color:white;color:nonsense",
        "color:#fefefe",
        "color:navy;background-color:navy",
        "background:black",
        "background:currentColor",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "-webkit-text-fill-color:transparent",
    ] {
        let look = styled(Look::default(), style);
        assert!(!look.shows_text(), "{style}");
    }
}

#[test]
fn text_out_of_sight_or_cut_off_is_not_shown() {
    for style in [
        "DISPLAY : NONE !important",
        "dis/* */play:none",
        "max-height:0;overflow:hidden",
        "width:0;height:0",
        "width:1px;height:1px;overflow:hidden",
        "text-indent:-9999px",
        "position:absolute;left:-9999px",
        "position:absolute;top:-1000em",
        "position:fixed;right:-200vw",
        "position:absolute;left:calc(-9999px)",
        "margin-left:-9999px",
        "margin:0 0 0 -9999px",
        "transform:scale(0)",
        "transform:scale(0);transform:nonsense",
        "transform:rotate(3deg) translateX(-9999px)",
        "transform:rotateY(90deg)",
        "scale:0",
        "clip-path:inset(100%)",
        "clip-path:inset(50% 0)",
        "clip-path:circle(0 at 50% 50%)",
        "position:absolute;clip:rect(0,0,0,0)",
        "position:absolute;clip:rect(1px 1px 1px 1px)",
    ] {
        let look = styled(Look::default(), style);
        assert!(!look.shows_text(), "{style}");
    }
}

#[test]
fn harmless_styles_leave_text_shown() {
    for style in [
        "display:none;display:block",
        "color:#fff;background:#fff url(x.png)",
        "color:#fff;background-image:linear-gradient(red, blue);background-color:#fff",
        "color:#fff;background:#000",
        "color:#fff;background:no-repeat rgb(0, 80, 0) center",
        "color:#fff;background:var(--brand)",
        "color:#999",
        "color:windowtext",
        "font-size:0.9em",
        "font-size:12px",
        "font:700 12px/1 Arial",
        "height:0",
        "opacity:0.6",
        "display:block;max-width:600px",
        "position:absolute;left:20px;clip:auto",
        "left:-9999px",
        "clip:rect(0,0,0,0)",
        "margin-left:-18pt;text-indent:-18.0pt",
        "margin:0 auto",
        "transform:scale(0.9)",
        "clip-path:inset(10%)",
        "mso-hide:all",
        "",
        ";;::;color",
    ] {
        let look = styled(Look::default(), style);
        assert!(look.shows_text(), "{style}");
    }
}

#[test]
fn a_size_and_a_colour_of_its_own_show_an_inner_element_again() {
    let cell = styled(Look::default(), "font-size:0;background:#fff;color:#fff");
    assert!(!cell.shows_text());
    assert!(styled(cell, "font-size:13px;color:#000").shows_text());
    assert!(!cell.for_link().shows_text());
    assert!(styled(cell, "font-size:13px").for_link().shows_text());
    let outer = styled(
        Look::default(),
        "visibility:hidden;text-indent:-999em;color:transparent",
    );
    assert!(!outer.shows_text());
    assert!(styled(outer, "visibility:visible;text-indent:0;color:#000").shows_text());
}

#[test]
fn what_is_hidden_whole_is_not_shown_by_what_stands_in_it() {
    for style in ["display:none", "opacity:0", "transform:scale(0)"] {
        let outer = styled(Look::default(), style);
        let inner = styled(outer, "display:block;opacity:1;transform:none;color:red");
        assert!(!inner.shows_text(), "{style}");
    }
    let thin = "opacity:0.3";
    let twice = styled(styled(Look::default(), thin), thin);
    assert!(twice.shows_text() && !styled(twice, thin).shows_text());
}

#[test]
fn colours_are_compared_with_what_is_behind_them() {
    let black = Look::default().with_colors(None, Some("black"));
    assert!(!black.shows_text());
    assert!(black.with_colors(Some("white"), None).shows_text());
    assert!(styled(black, "color:#fff;background:transparent").shows_text());
    assert!(!styled(black, "color:#fff;background:rgba(255,255,255,.99)").shows_text());
    assert!(styled(black.on_picture(), "color:#000").shows_text());
}
