//! Google's discovery documents: the routes, parameters, schemas and scopes of its APIs.

pub(crate) mod fields;
pub(crate) mod params;
pub(crate) mod route;
pub(crate) mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

const DOCUMENTS: [(&str, &str); 6] = [
    ("gmail.v1", include_str!("../discovery/gmail.v1.json")),
    ("calendar.v3", include_str!("../discovery/calendar.v3.json")),
    ("drive.v3", include_str!("../discovery/drive.v3.json")),
    ("sheets.v4", include_str!("../discovery/sheets.v4.json")),
    ("slides.v1", include_str!("../discovery/slides.v1.json")),
    ("oauth2.v2", include_str!("../discovery/oauth2.v2.json")),
];

/// All documents, with their methods ready to be matched.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) documents: Vec<Document>,
    pub(crate) routes: Vec<route::Route>,
}

/// One API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) version: String,
    service_path: String,
    /// Query parameters that every method takes.
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    auth: Auth,
    #[serde(default)]
    pub(crate) schemas: BTreeMap<String, Schema>,
    #[serde(default)]
    resources: BTreeMap<String, Resource>,
    #[serde(default)]
    methods: BTreeMap<String, Method>,
}

#[derive(Debug, Default, Deserialize)]
struct Auth {
    oauth2: ScopeTable,
}

#[derive(Debug, Default, Deserialize)]
struct ScopeTable {
    scopes: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    methods: BTreeMap<String, Method>,
    #[serde(default)]
    resources: BTreeMap<String, Resource>,
}

/// One method of an API.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Method {
    pub(crate) id: String,
    #[serde(rename = "httpMethod")]
    pub(crate) verb: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, Parameter>,
    /// Any one of these lets a token in; none means that no token is asked for.
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) request: Option<SchemaRef>,
    #[serde(default)]
    pub(crate) response: Option<SchemaRef>,
    #[serde(default)]
    pub(crate) media_upload: Option<MediaUpload>,
}

/// What a method takes as uploaded media.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MediaUpload {
    #[serde(default)]
    pub(crate) accept: Vec<String>,
    #[serde(default)]
    pub(crate) max_size: Option<String>,
    pub(crate) protocols: BTreeMap<String, UploadProtocol>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UploadProtocol {
    pub(crate) path: String,
}

/// A parameter in the path or the query.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameter {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) location: String,
    #[serde(default)]
    pub(crate) format: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) repeated: bool,
    #[serde(default, rename = "enum")]
    pub(crate) values: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) minimum: Option<String>,
    #[serde(default)]
    pub(crate) maximum: Option<String>,
    #[serde(default)]
    pub(crate) pattern: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SchemaRef {
    #[serde(rename = "$ref")]
    pub(crate) name: String,
}

/// The shape of a JSON value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schema {
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) format: Option<String>,
    #[serde(default, rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Schema>,
    #[serde(default)]
    pub(crate) items: Option<Box<Schema>>,
    #[serde(default)]
    pub(crate) additional_properties: Option<Box<Schema>>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) annotations: Annotations,
}

/// What a document says about a property beside its shape.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Annotations {
    /// The methods whose requests must have it.
    #[serde(default)]
    pub(crate) required: Vec<String>,
}

impl Directory {
    /// The documents, read once in a process.
    pub(crate) fn shared() -> Result<&'static Self, Error> {
        static SHARED: LazyLock<Result<Directory, String>> = LazyLock::new(Directory::read);
        SHARED
            .as_ref()
            .map_err(|detail| ErrorKind::built_in("discovery documents", detail).into())
    }

    fn read() -> Result<Self, String> {
        let mut documents = Vec::new();
        let mut routes = Vec::new();
        for (index, (name, text)) in DOCUMENTS.into_iter().enumerate() {
            let mut document: Document =
                serde_json::from_str(text).map_err(|source| format!("{name}: {source}"))?;
            let mut methods: Vec<Method> = std::mem::take(&mut document.methods)
                .into_values()
                .collect();
            for resource in std::mem::take(&mut document.resources).into_values() {
                resource.collect(&mut methods);
            }
            for method in methods {
                routes.extend(route::routes_of(index, &document.service_path, method));
            }
            documents.push(document);
        }
        Ok(Self { documents, routes })
    }

    pub(crate) fn document(&self, route: &route::Route) -> &Document {
        &self.documents[route.document]
    }

    /// Every scope that some document names.
    pub(crate) fn scopes(&self) -> BTreeSet<&str> {
        self.documents
            .iter()
            .flat_map(|document| document.auth.oauth2.scopes.keys())
            .map(String::as_str)
            .collect()
    }
}

impl Document {
    pub(crate) fn schema<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        match &schema.reference {
            Some(name) => self.schemas.get(name).unwrap_or(schema),
            None => schema,
        }
    }
}

impl Resource {
    fn collect(self, methods: &mut Vec<Method>) {
        methods.extend(self.methods.into_values());
        for resource in self.resources.into_values() {
            resource.collect(methods);
        }
    }
}
