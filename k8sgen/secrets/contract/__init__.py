"""The contract: the keys that an environment needs, and whether the files keep it; no value."""
