"""Where each value of a manifest was written: its literals remember their lines on the way."""
