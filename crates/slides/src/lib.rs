//! Google Slides.
