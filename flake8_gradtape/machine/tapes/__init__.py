"""What a tape knows: its state, what it records, and what it tracks."""
