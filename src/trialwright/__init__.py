"""Trialwright runs an early-phase clinical trial from its registry record to its posted results."""

__version__ = "0.1.0"
