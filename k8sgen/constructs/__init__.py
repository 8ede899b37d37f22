"""What services are written with; all that is derived from them is worked out at synth."""
