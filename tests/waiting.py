"""How long tests wait for something: generously, and the longer the busier the machine is.

A wait that ends early costs nothing, so the limits are far beyond what is needed; only what never comes meets them.
"""

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def patience(seconds: float) -> float:
    """Return the limit for something that takes a fraction of these seconds on a quiet machine."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * max(2.0, 2 * load)


def wait_until(true: Callable[[], T], seconds: float = 60, what: str = "") -> T:
    """Poll until something is true and return it; AssertionError if it never becomes so."""
    began = time.monotonic()
    while not (found := true()):
        if time.monotonic() - began > patience(seconds):  # the load may have risen meanwhile
            raise AssertionError(what or "waited in vain")
        time.sleep(0.05)
    return found
