"""Patients against criteria: three-valued verdicts with evidence."""
