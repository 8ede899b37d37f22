"""Which pod can reach which, by the network policies alone, and whether the stack says so too."""
