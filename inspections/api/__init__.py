"""Endpoints of hazards for departments' systems."""
