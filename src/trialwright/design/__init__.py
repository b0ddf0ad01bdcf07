"""Dose escalation: methods, rules, the decision graph and what can be read from it."""
