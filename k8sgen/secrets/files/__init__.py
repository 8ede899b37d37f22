"""The encrypted files: who can read them, what they show as they are, how they are written."""
