"""What inspections, hazards, self-checks and findings of forgery contribute to a rating, with every state as of the period's last day."""

from inspections.indicators import checks, hazards, rectification

__all__ = ["checks", "hazards", "rectification"]
