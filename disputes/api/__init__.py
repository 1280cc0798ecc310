"""Endpoint of disputes for departments' systems: how many an enterprise has, and nothing else of them."""
