"""The enterprise's own pages: its colour and its to-do list."""
