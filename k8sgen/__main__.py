"""`python -m k8sgen`."""

import sys

from k8sgen.cli import main

if __name__ == "__main__":
    sys.exit(main())
