"""What is claimed: the answers of gradient calls and their causes, errors, the life of tapes."""
