"""One study's registry record: the model, its file formats, and the facts added to it."""
