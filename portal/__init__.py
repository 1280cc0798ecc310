"""The enterprise's own pages: its colour, what to do."""
