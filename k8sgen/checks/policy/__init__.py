"""What the product demands of its manifests beyond that they work: hardening, capacity, secrecy."""
