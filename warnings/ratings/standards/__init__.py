"""Standards: the rules they are made of, and how their text is read."""
