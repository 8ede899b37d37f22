"""New values: how they are made, and in which order they reach the cluster."""
