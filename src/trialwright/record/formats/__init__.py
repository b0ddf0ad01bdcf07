"""Readers and writers of registry records, one file per format."""
