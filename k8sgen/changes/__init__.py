"""What changes between two states of an environment, and what that does to what runs."""
