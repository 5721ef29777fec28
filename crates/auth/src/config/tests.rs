//! What is read from the environment, and what is refused.
