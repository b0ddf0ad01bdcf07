"""Designs that look at time: pending patients at each decision, and trials on a calendar."""
