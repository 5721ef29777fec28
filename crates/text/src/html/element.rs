//! What each HTML element means here: a closed vocabulary, so that the tree knows few kinds.

use html5ever::tokenizer::states::RawKind;

/// The role of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A document part that makes no node: `html`, `head`.
    Ignored,
    /// The body, whose style counts.
    Body,
    /// An element without content that shows nothing.
    Void,
    /// A line break.
    Break,
    /// A rule.
    Rule,
    /// An image.
    Image,
    /// A link area of an image map.
    Area,
    /// Raw text that is not shown.
    Raw(RawKind),
    /// Content that is not shown.
    Dropped,
    /// `table`.
    Table,
    /// `thead`.
    Head,
    /// `tbody`, `tfoot`, `colgroup`.
    RowGroup,
    /// `tr`.
    Row,
    /// `td`, `th`.
    Cell,
    /// `caption`.
    Caption,
    /// A list.
    List,
    /// A list item.
    Item,
    /// A quotation.
    Quote,
    /// Preformatted text.
    Pre,
    /// `p`.
    Paragraph,
    /// `h1` to `h6`.
    Heading,
    /// Any other block.
    Block,
    /// A link.
    Link,
    /// Strong, emphasised, struck-out text or code, with the tag it becomes.
    Mark(&'static str),
    /// Formatting without a Markdown form.
    Formatting,
    /// Any other inline element.
    Inline,
}

impl Kind {
    /// The kind of the element with this lower-case name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "html" | "head" => Self::Ignored,
            "body" => Self::Body,
            "br" => Self::Break,
            "hr" => Self::Rule,
            "img" | "image" => Self::Image,
            "area" => Self::Area,
            "base" | "basefont" | "bgsound" | "col" | "embed" | "frame" | "input" | "keygen"
            | "link" | "meta" | "param" | "source" | "track" | "wbr" => Self::Void,
            "script" => Self::Raw(RawKind::ScriptData),
            "style" | "iframe" | "noembed" | "noframes" => Self::Raw(RawKind::Rawtext),
            "title" | "textarea" => Self::Raw(RawKind::Rcdata),
            "svg" | "template" | "select" | "datalist" | "canvas" | "xml" => Self::Dropped,
            "table" => Self::Table,
            "thead" => Self::Head,
            "tbody" | "tfoot" | "colgroup" => Self::RowGroup,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "caption" => Self::Caption,
            "ul" | "ol" | "menu" | "dir" => Self::List,
            "li" => Self::Item,
            "blockquote" => Self::Quote,
            "pre" | "listing" | "xmp" | "plaintext" => Self::Pre,
            "p" => Self::Paragraph,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading,
            "address" | "article" | "aside" | "center" | "dd" | "details" | "dialog" | "div"
            | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "frameset"
            | "header" | "hgroup" | "legend" | "main" | "nav" | "option" | "search" | "section"
            | "summary" => Self::Block,
            "a" => Self::Link,
            "b" | "strong" => Self::Mark("strong"),
            "i" | "em" => Self::Mark("em"),
            "s" | "strike" | "del" => Self::Mark("del"),
            "code" => Self::Mark("code"),
            "big" | "font" | "nobr" | "small" | "tt" | "u" => Self::Formatting,
            _ => Self::Inline,
        }
    }

    /// Whether it belongs to a table's skeleton, where content is out of place.
    pub(super) const fn is_table_skeleton(self) -> bool {
        matches!(self, Self::Table | Self::Head | Self::RowGroup | Self::Row)
    }

    /// Whether an end tag inside it cannot close what is outside.
    pub(super) const fn is_barrier(self) -> bool {
        matches!(self, Self::Table | Self::Cell | Self::Caption)
    }

    /// Whether its end tag is left out or meaningless, so that start and end tags cannot be counted against each other.
    pub(super) const fn may_stay_open(self) -> bool {
        matches!(
            self,
            Self::Ignored
                | Self::Body
                | Self::Void
                | Self::Break
                | Self::Rule
                | Self::Image
                | Self::Area
        ) || matches!(
            self,
            Self::Paragraph | Self::Item | Self::Head | Self::RowGroup | Self::Row | Self::Cell
        )
    }

    /// Whether it starts and ends a line of text.
    pub(super) const fn is_block(self) -> bool {
        matches!(
            self,
            Self::Body
                | Self::Table
                | Self::Head
                | Self::RowGroup
                | Self::Row
                | Self::Cell
                | Self::Caption
        ) || self.ends_paragraph()
    }

    /// Whether its start ends an open paragraph.
    pub(super) const fn ends_paragraph(self) -> bool {
        matches!(
            self,
            Self::List
                | Self::Item
                | Self::Quote
                | Self::Pre
                | Self::Paragraph
                | Self::Heading
                | Self::Block
        )
    }
}
