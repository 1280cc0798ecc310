"""Which part of the house the matrices look at: all of it, or one app's (``TESTS_OF=package``)."""

import os
from typing import Any

ONLY = os.environ.get("TESTS_OF", "")


def is_wanted(thing: Any) -> bool:
    """Return whether a model, a view or a declaration belongs to what is tested."""
    return not ONLY or getattr(thing, "__module__", "").startswith(f"{ONLY}.")
