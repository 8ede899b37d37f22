"""Whether each manifest has only the fields, of only the types, that its API knows."""
