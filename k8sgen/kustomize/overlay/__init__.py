"""The smallest overlay that turns one set of manifests into another."""
