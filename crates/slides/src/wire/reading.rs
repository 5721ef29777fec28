//! What is asked of a presentation: masks, so that only what is used travels.

/// A text with its lists, its links, and what of its style hides it.
macro_rules! text {
    () => {
        "textElements(startIndex,endIndex,paragraphMarker(bullet(glyph,nestingLevel)),\
         textRun(content,style(link(url),fontSize,foregroundColor)),autoText(content,type))"
    };
}

/// The elements of a page that hold text. A group travels whole: groups hold groups, to any depth.
macro_rules! elements {
    ($more:literal) => {
        concat!(
            "pageElements(objectId,",
            $more,
            "shape(shapeType,placeholder(type,index),text(",
            text!(),
            ")),table(rows,columns,tableRows(tableCells(location,rowSpan,columnSpan,text(",
            text!(),
            ")))),wordArt(renderedText),elementGroup)"
        )
    };
}

macro_rules! notes {
    () => {
        concat!(
            "notesPage(objectId,notesProperties(speakerNotesObjectId),pageElements(objectId,shape(text(",
            text!(),
            "))))"
        )
    };
}

/// Texts and notes of slides, under `slides(..)`.
pub(crate) const SLIDE_TEXT: &str = concat!(
    "objectId,pageType,slideProperties(isSkipped,layoutObjectId,",
    notes!(),
    "),",
    elements!("")
);

/// All that is shown of slides, under `slides(..)`.
pub(crate) const WHOLE: &str = concat!(
    "objectId,pageType,slideProperties(isSkipped,layoutObjectId,",
    notes!(),
    "),",
    elements!(
        "size,transform,title,description,image(sourceUrl,placeholder(type)),video(id,source,url),line(lineCategory),sheetsChart(spreadsheetId,chartId),"
    )
);

/// All that is shown of one page of any kind.
pub(crate) const PAGE: &str = concat!(
    "objectId,pageType,revisionId,layoutProperties(name,displayName),notesProperties(speakerNotesObjectId),",
    "slideProperties(isSkipped,layoutObjectId,",
    notes!(),
    "),",
    elements!(
        "size,transform,title,description,image(sourceUrl,placeholder(type)),video(id,source,url),line(lineCategory),sheetsChart(spreadsheetId,chartId),"
    )
);

/// Where everything is, without a word of text.
pub(crate) const METADATA: &str = "objectId,pageType,slideProperties(isSkipped,layoutObjectId),\
    pageElements(objectId,size,transform,shape(shapeType,placeholder(type,index)),table(rows,columns),\
    image(placeholder(type)),video(source),line(lineCategory),sheetsChart(chartId),wordArt,elementGroup)";

/// The order of the slides.
pub(crate) const ORDER: &str = "revisionId,slides(objectId)";

/// The layouts with their placeholders.
pub(crate) const LAYOUTS: &str = "layouts(objectId,layoutProperties(name,displayName,masterObjectId),\
    pageElements(objectId,shape(placeholder(type,index))))";

/// What a new slide follows from: the layouts, and which master each slide has.
pub(crate) fn placing_mask() -> String {
    format!("presentationId,title,{LAYOUTS},slides(objectId,slideProperties(masterObjectId))")
}

/// Where the notes of each slide are.
pub(crate) const NOTES: &str = concat!(
    "revisionId,slides(objectId,slideProperties(",
    notes!(),
    "))"
);

/// Every text exactly, to be changed or compared.
pub(crate) const TEXTS: &str = concat!("revisionId,slides(objectId,", elements!(""), ")");

/// The same with the notes.
pub(crate) const SAID: &str = concat!(
    "revisionId,slides(objectId,slideProperties(",
    notes!(),
    "),",
    elements!(""),
    ")"
);

/// Where every element is, exactly.
pub(crate) const PLACES: &str = "revisionId,slides(objectId,\
    pageElements(objectId,size,transform,table(rows,columns),elementGroup))";

/// A presentation with texts and notes alone.
pub(crate) fn text_mask() -> String {
    format!("presentationId,title,slides({SLIDE_TEXT})")
}

/// A presentation with this of each slide.
pub(crate) fn deck_mask(slides: &str) -> String {
    format!(
        "presentationId,title,revisionId,pageSize,\
         layouts(objectId,layoutProperties(name,displayName)),slides({slides})"
    )
}
