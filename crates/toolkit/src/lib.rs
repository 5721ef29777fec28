//! The contract between toolkits and whoever runs them: typed tools, risks, schemas, binding, one pipeline
