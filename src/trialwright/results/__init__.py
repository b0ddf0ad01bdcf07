"""Tables, figures, the report, and the record's results section: views of analysis rows."""
