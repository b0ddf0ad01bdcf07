"""Escalation methods by name, as a protocol states them.

The design stage is above this one and holds the methods themselves; a test keeps the names equal.
"""

COVERED = ("boin",)
# What publications name and a draft therefore states, and no design here can decide by yet.
NOT_COVERED = ("three_plus_three", "mtpi", "mtpi2", "keyboard", "i3_plus_3", "crm")
