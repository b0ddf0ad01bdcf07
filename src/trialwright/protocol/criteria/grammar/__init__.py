"""The grammar of a criterion's words: pieces, parts, lists, clauses."""
