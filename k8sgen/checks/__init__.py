"""Checks: what is wrong with the manifests of an environment; knows dicts, not cdk8s."""
