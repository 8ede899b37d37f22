"""Workloads and what goes into their pods, hardened unless told otherwise."""
