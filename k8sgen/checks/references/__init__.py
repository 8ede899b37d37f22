"""Whether what one manifest names of another is there, with the right kind, key and port."""
