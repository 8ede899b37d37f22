"""The real programs: Node, kubectl, sops, git."""
