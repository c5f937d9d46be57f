"""What the machine believes, told line by line: `trace.trace(text)` runs it under an observer and keeps all it saw."""
