"""The contract: the keys that an environment needs, and whether its files fulfil it; no value."""
