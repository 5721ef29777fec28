//! HTML to Markdown for language models, bounded in size and depth
