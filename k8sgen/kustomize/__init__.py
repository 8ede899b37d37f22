"""What kustomize makes of a tree, and the smallest overlay that makes what is wanted."""
