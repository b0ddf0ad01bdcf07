"""One patient against the catalogue: which trials fit, which do not, what stays open, and why."""
