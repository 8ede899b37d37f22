"""Facts about a manifest as a dict, each once."""
