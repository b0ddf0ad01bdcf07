"""Adapters: the journal in SQL, the catalogue on disk, the search index."""
