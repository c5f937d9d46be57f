"""One file from text to report, and what a user may switch on or silence."""
