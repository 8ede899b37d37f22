"""What the API server demands of values beyond their types: names, enumerations, duplicates."""
