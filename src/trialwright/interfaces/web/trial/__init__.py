"""The trial pages' view models: a trial's state, journal and rows become sections of blocks."""
