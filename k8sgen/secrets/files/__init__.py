"""The encrypted files: who can read them, what they tell from outside, how they are written."""
