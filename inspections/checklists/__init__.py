"""Checklists: what they ask, their versions, and what an inspection answered."""
