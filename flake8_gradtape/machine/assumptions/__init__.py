"""What is taken for granted without being certain, told by names; every guess lives here."""
