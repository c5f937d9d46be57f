"""One run of the machine: scopes, heap, sharing, claims."""
