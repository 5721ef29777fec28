//! What people say about a file, and how it came to be what it is.

use google_drive3::api::{Comment, CommentList, Reply, RevisionList};
use serde::Serialize;
use toolgate_google_http::{Call, Error, Path, Query};

use super::{COMMENT, COMMENT_GET, COMMENTS, Drive, REPLY, REVISIONS};

const COMMENT_FIELDS: &str = "id,author(displayName,me),content,createdTime,resolved,\
    quotedFileContent(value),replies(id,author(displayName,me),content,createdTime,action)";

/// Which comments are listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommentsAsked<'a> {
    pub(crate) count: usize,
    pub(crate) page_token: Option<&'a str>,
    /// Only what changed since.
    pub(crate) since: Option<&'a str>,
}

#[derive(Serialize)]
struct Said<'a> {
    content: Option<&'a str>,
    action: Option<&'static str>,
}

impl Drive {
    pub(crate) async fn comments_list(
        &self,
        file: &str,
        asked: CommentsAsked<'_>,
    ) -> Result<CommentList, Error> {
        let path = Path::new("files").seg(file)?.then("comments");
        let query = Query::new()
            .with("pageSize", asked.count)
            .with_some("pageToken", asked.page_token)
            .with_some("startModifiedTime", asked.since)
            .fields(&format!("comments({COMMENT_FIELDS}),nextPageToken"));
        Ok(self.0.get(&COMMENTS, path, query).await?.body)
    }

    /// A comment with all its replies.
    pub(crate) async fn comments_get(&self, file: &str, comment: &str) -> Result<Comment, Error> {
        let path = Path::new("files").seg(file)?.then("comments");
        let query = Query::new().fields(COMMENT_FIELDS);
        Ok(self
            .0
            .get(&COMMENT_GET, path.seg(comment)?, query)
            .await?
            .body)
    }

    pub(crate) async fn comments_create(&self, file: &str, text: &str) -> Result<Comment, Error> {
        let path = Path::new("files").seg(file)?.then("comments");
        let said = Said {
            content: Some(text),
            action: None,
        };
        let query = Query::new().fields(COMMENT_FIELDS);
        let call = Call::new(&COMMENT, path).with_query(query);
        Ok(self.0.send(call.with_json(&said)?).await?.body)
    }

    pub(crate) async fn replies_create(
        &self,
        file: &str,
        comment: &str,
        (text, action): (Option<&str>, Option<&'static str>),
    ) -> Result<Reply, Error> {
        let path = Path::new("files").seg(file)?.then("comments");
        let path = path.seg(comment)?.then("replies");
        let said = Said {
            content: text,
            action,
        };
        let query = Query::new().fields("id,author(displayName,me),content,createdTime,action");
        let call = Call::new(&REPLY, path).with_query(query);
        Ok(self.0.send(call.with_json(&said)?).await?.body)
    }

    pub(crate) async fn revisions_list(
        &self,
        file: &str,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<RevisionList, Error> {
        let path = Path::new("files").seg(file)?.then("revisions");
        let query = Query::new()
            .with("pageSize", count)
            .with_some("pageToken", page_token)
            .fields("revisions(id,modifiedTime,lastModifyingUser(displayName,emailAddress),size,keepForever),nextPageToken");
        Ok(self.0.get(&REVISIONS, path, query).await?.body)
    }
}
