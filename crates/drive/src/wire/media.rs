//! What files hold: read whole, exported, streamed into files, uploaded.

use google_drive3::api::File;
use toolgate_google_http::{
    Call, Download, Error, FileSource, Path, Progress, Query, Source, Upload,
};

use super::{CREATE, Drive, EXPORT, FILE, MEDIA, NewFileBody, anywhere};

impl Drive {
    /// A file's own bytes. Its size was looked at first.
    pub(crate) async fn files_content(&self, id: &str) -> Result<Vec<u8>, Error> {
        Ok(self.0.send_bytes(content(id)?).await?.body)
    }

    /// A file of Google's own kinds in another; Google exports no more than 10 MB.
    pub(crate) async fn files_export(&self, id: &str, kind: &str) -> Result<Vec<u8>, Error> {
        Ok(self.0.send_bytes(export(id, kind)?).await?.body)
    }

    /// Streams a file, or what it is exported as, into a new file of this machine.
    pub(crate) async fn files_download(
        &self,
        about: &File,
        kind: Option<&str>,
        to: std::fs::File,
        (most, progress): (u64, Option<Progress>),
    ) -> Result<u64, Error> {
        let id = about.id.as_deref().unwrap_or_default();
        let download = match kind {
            Some(kind) => Download::new(export(id, kind)?, most),
            None => Download::new(content(id)?, most)
                .with_size(about.size.and_then(|size| u64::try_from(size).ok()))
                .with_digests(about.sha256_checksum.clone(), about.md5_checksum.clone()),
        };
        let download = match progress {
            Some(progress) => download.with_progress(progress),
            None => download,
        };
        self.0.download(&download, to).await
    }

    /// Makes a file of these bytes.
    pub(crate) async fn files_upload(
        &self,
        body: &NewFileBody,
        kind: &str,
        source: &dyn Source,
        progress: Option<Progress>,
    ) -> Result<File, Error> {
        let query = anywhere().fields(FILE);
        let mut upload = Upload::new(&CREATE, Path::new("files"), query, body, kind)?;
        if body.id.is_some() {
            upload = upload.with_own_id();
        }
        if let Some(progress) = progress {
            upload = upload.with_progress(progress);
        }
        Ok(self.0.upload(&upload, source).await?.body)
    }
}

fn content(id: &str) -> Result<Call, Error> {
    let path = Path::new("files").seg(id)?;
    Ok(Call::new(&MEDIA, path).with_query(anywhere().with("alt", "media")))
}

fn export(id: &str, kind: &str) -> Result<Call, Error> {
    let path = Path::new("files").seg(id)?.then("export");
    Ok(Call::new(&EXPORT, path).with_query(Query::new().with("mimeType", kind)))
}

/// A file of this machine, opened.
pub(crate) fn source_of(file: std::fs::File) -> Result<FileSource, Error> {
    FileSource::new(file).map_err(Error::from)
}
