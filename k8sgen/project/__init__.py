"""A project on disk: its files loaded, its environments composed, its errors explained."""
