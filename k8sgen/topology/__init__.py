"""
The picture of an environment: its services, who uses whose endpoint, what is open outside.

This package reads the stack's edges and draws them; it knows nothing of kustomize.
"""

from k8sgen.topology.mermaid import to_mermaid
from k8sgen.topology.model import Arrow, Entry, Node, Pin, Runner, Topology, topology
from k8sgen.topology.svg import STYLE, figure, to_svg

__all__ = [
    "STYLE",
    "Arrow",
    "Entry",
    "Node",
    "Pin",
    "Runner",
    "Topology",
    "figure",
    "to_mermaid",
    "to_svg",
    "topology",
]
