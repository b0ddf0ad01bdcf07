"""A resolved state in words: reasons, who won, pending patients, the table."""
