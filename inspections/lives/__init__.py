"""The lives of hazards and of findings of forgery."""

from inspections.lives.forgery import FORGERY_LIFE
from inspections.lives.hazard import HAZARD_LIFE

__all__ = ["FORGERY_LIFE", "HAZARD_LIFE"]
