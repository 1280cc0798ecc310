"""What inspections, hazards, self-checks, forgery and obstructions contribute to a rating, with every state as of the period's last day."""

from inspections.indicators import checks, hazards, rectification, visits

__all__ = ["checks", "hazards", "rectification", "visits"]
