"""What Celery beat does: each app says so in its ``schedule.py``."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def beat_schedule(installed_apps: Iterable[str]) -> dict[str, Any]:
    """Return the schedules of all apps together. Raise ValueError for a name that two of them use.

    Settings are read before apps are set up, so the modules must not need any.
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
