"""Checks of fire doors in the one search."""

from facts.declarations import findable
from foundation.contributions.search import register
from tests.newcomer.fire_doors.urls import DoorPages

register(findable(DoorPages(), rank=85, title=("door",)))
