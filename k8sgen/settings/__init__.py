"""The values that settings are made of, and the YAML that is laid over them; no cdk8s."""
