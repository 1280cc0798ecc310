"""The lives of hazards, of findings of forgery and of obstructions."""

from inspections.lives.forgery import FORGERY_LIFE
from inspections.lives.hazard import HAZARD_LIFE
from inspections.lives.obstruction import OBSTRUCTION_LIFE

__all__ = ["FORGERY_LIFE", "HAZARD_LIFE", "OBSTRUCTION_LIFE"]
