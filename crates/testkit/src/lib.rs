//! Contract suite for Toolgate's stores, fake clock and log capture, for tests
