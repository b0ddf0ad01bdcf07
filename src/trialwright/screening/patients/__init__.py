"""Readers of patient data, one file per format."""
