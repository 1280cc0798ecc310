"""What the introspecting tests cover: the whole project, or one app (``TESTS_OF=package``)."""

import os
from typing import Any

ONLY = os.environ.get("TESTS_OF", "")


def is_wanted(thing: Any) -> bool:
    """Return whether a model, a view or a declaration is covered."""
    return not ONLY or getattr(thing, "__module__", "").startswith(f"{ONLY}.")
