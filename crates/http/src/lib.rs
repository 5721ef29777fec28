//! The one HTTP client of Toolgate: deadlines, Google's endpoints and the loopback listener
