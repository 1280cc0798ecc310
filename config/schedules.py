"""The schedule of Celery beat, collected from each app's ``schedule.py``."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def beat_schedule(installed_apps: Iterable[str]) -> dict[str, Any]:
    """Return the schedules of all apps together. Raise ValueError for a name that two of them use.

    The settings call this before the apps are set up, so a ``schedule.py`` must not need them.
    """
    found: dict[str, Any] = {}
    for app in installed_apps:
        package = app.partition(".apps.")[0]
        if not find_spec(package) or not find_spec(f"{package}.schedule"):
            continue
        entries: dict[str, Any] = getattr(import_module(f"{package}.schedule"), "BEAT_SCHEDULE", {})
        if twice := found.keys() & entries.keys():
            raise ValueError(f"scheduled twice: {sorted(twice)}")
        found |= entries
    return found
