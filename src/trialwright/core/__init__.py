"""Values that every stage shares: truth of three values, partial dates, quantities, errors."""
