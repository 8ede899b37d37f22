"""Secrets as contracts: what a service needs, how each value is made, never the value itself."""
