"""Eligibility criteria: nodes, layout, reading, wording."""
