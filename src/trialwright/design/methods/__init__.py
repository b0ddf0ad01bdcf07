"""Escalation methods, one file each."""
