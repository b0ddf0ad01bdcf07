"""The reference meaning of criteria, compiled to a database: verdicts for a whole population.

Python judges each distinct thing once (a unit, a code, a limit of normal), with the functions of
`screening` itself. The database then does dates, the latest value, and three-valued logic.
Needs the extra `population` (Ibis); nothing else of the program imports this package unasked.
"""
