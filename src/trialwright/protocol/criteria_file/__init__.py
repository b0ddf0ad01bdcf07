"""Criteria as a file that people correct, sign and lock; protocols hold the same entries."""
