"""What trials of a design do: the graph and everything that reads it."""
