"""Simulated patients and staff who run a whole trial through conduct's own services."""
