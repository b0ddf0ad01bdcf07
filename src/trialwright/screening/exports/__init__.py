"""Criteria in the languages of other systems, each with a list of what did not carry over."""
