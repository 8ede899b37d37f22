"""What `kustomize build` does with the trees that k8sgen writes."""
