"""Planner settings, append-only rows, grants, cached answers."""
