"""What a person asks for, one file a thing; the command line prints what they return."""
