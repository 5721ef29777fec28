//! A loopback Google for tests: OAuth with a consent page and Gmail, driven by Google's discovery documents
