"""Rules that modify a method, one file each."""
