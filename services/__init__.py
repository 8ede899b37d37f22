"""The product's services, one file each, and the stack that wires them."""
