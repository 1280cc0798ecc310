"""A rating in words."""
