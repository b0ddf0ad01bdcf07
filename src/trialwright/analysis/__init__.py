"""Estimates from the journal, one row per statistic."""
