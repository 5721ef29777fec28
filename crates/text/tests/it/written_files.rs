//! Files as common programs write them; `tests/corpus/written/make.py` made them.

use crate::support::read;

macro_rules! written {
    ($name:literal) => {
        (
            $name,
            &include_bytes!(concat!("../corpus/written/", $name))[..],
        )
    };
}

#[tokio::test]
async fn each_file_reads_as_recorded() {
    for (name, bytes) in [
        written!("python-docx.docx"),
        written!("openpyxl.xlsx"),
        written!("python-pptx.pptx"),
        written!("reportlab.pdf"),
    ] {
        let file = read(bytes.to_vec()).await.unwrap();
        assert!(!file.truncated);
        let notes = file.notes.join("\n");
        insta::assert_snapshot!(name, format!("{}\n\n--- {notes}", file.text));
    }
}
