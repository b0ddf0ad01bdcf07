"""The study page's view model: a record becomes sections of blocks, in the portal's order."""
