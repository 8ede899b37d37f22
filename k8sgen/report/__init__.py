"""
One page that shows all environments: what runs, how it is connected, and how they differ.

This package collects facts and writes HTML; it reads the keys of encrypted files, and no clock.
"""

from k8sgen.report.facts import Facts, collect
from k8sgen.report.page import PAGE, page, page_file

__all__ = ["PAGE", "Facts", "collect", "page", "page_file"]
