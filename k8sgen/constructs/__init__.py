"""What services are written with; everything derived from them is computed at synth."""
