"""The product's environments: one value a file, saying only what differs."""
