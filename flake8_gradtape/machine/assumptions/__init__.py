"""What is taken for granted without being certain, recognized by names; every guess lives here."""
