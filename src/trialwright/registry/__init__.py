"""Many records: catalogue, search, related trials."""
