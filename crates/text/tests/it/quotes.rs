//! Where fresh text ends and quoted history begins, in plain text and in Markdown made of HTML.

use toolgate_text::{Limits, html_to_markdown, split_quoted};

#[test]
fn plain_text_splits_where_history_begins() {
    for (body, fresh) in [
        ("hello", "hello"),
        ("", ""),
        ("a\n\n> b\n> c\n", "a\n\n"),
        (
            "a\n\nOn 5 May 2026, Bob\n<b@x.example> wrote:\n\n> b\n>\n> c\n",
            "a\n\n",
        ),
        ("a\n\nOn 5 May 2026, Bob wrote:\nb\n", "a\n\n"),
        (
            "a\n\nLe 5 mai 2026, Bob <b@x.example> a écrit :\n> b",
            "a\n\n",
        ),
        ("a\n\n-----Original Message-----\nFrom: Bob\nb", "a\n\n"),
        (
            "a\n\n________________________________\nFrom: Bob\nSent: Monday\nTo: Ada\nSubject: x\n\nb",
            "a\n\n",
        ),
        (
            "a\n\nVon: Bob\nGesendet: Montag\nAn: Ada\nBetreff: x\n\nb",
            "a\n\n",
        ),
        // Answers between or below quotes, forwards, and mails of nothing but a quote stay whole.
        ("> a\n\nb", "> a\n\nb"),
        (
            "On 5 May 2026, Bob wrote:\n> a\n\nb",
            "On 5 May 2026, Bob wrote:\n> a\n\nb",
        ),
        ("> a\n> b", "> a\n> b"),
        (
            "fyi\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: y\nTo: z\n\nb",
            "fyi\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: y\nTo: z\n\nb",
        ),
        (
            "Am 5. Mai brauchen wir:\n\n- Tee",
            "Am 5. Mai brauchen wir:\n\n- Tee",
        ),
        ("From: here to there\nwe go", "From: here to there\nwe go"),
    ] {
        let (new, quoted) = split_quoted(body);
        assert_eq!(new, fresh, "{body:?}");
        assert_eq!(format!("{new}{quoted}"), body);
    }
}

#[test]
fn quoted_mail_in_html_splits_the_same_way() {
    for (html, fresh) in [
        (include_str!("../corpus/thread.html"), "Ada Lovelace"),
        (include_str!("../corpus/outlook.html"), "Kind regards\nAda"),
        (
            "a<div>On 5 May 2026 Bob wrote:<blockquote type=cite>b</blockquote></div>",
            "a",
        ),
        (
            "a<div class='yahoo_quoted'>On 5 May 2026 Bob wrote:<div>b</div></div>",
            "a",
        ),
    ] {
        let markdown = html_to_markdown(html, &Limits::default()).text;
        let (new, quoted) = split_quoted(&markdown);
        assert!(
            new.trim_end().ends_with(fresh) && !quoted.is_empty(),
            "{markdown}"
        );
    }
}
