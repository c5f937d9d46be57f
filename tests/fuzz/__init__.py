"""Programs that nobody would write, checked with little time and memory."""
