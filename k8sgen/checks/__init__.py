"""Checks: what is wrong with the manifests of one environment; knows dicts, and nothing of cdk8s."""
