"""What kind of machine the tests play: its language and its time zone.

Django sets ``TZ`` to the time zone of the settings, for itself and whatever it starts. The processes of tests are to
start as they would on the machine, so its own is noted before; pytest-xdist's workers are told by their controller.

With ``TESTS_SURROUNDINGS=spread`` the workers differ: one is in China, the next one in New York.
"""

import os
import re
import time
from collections.abc import Mapping

_NOTED = "TESTS_MACHINE_TZ"
_SPREAD: list[dict[str, str]] = [
    {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"},
    {_NOTED: "America/New_York"},
]


def worker_number() -> int:
    """The number of this worker of pytest-xdist; 0 without."""
    return int("".join(re.findall(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", ""))) or 0)


def begin() -> None:
    """Note what the machine says, before Django is set up."""
    os.environ.setdefault(_NOTED, os.environ.get("TZ", ""))
    if os.environ.get("TESTS_SURROUNDINGS") == "spread" and "PYTEST_XDIST_WORKER" in os.environ:
        os.environ.update(_SPREAD[worker_number() % len(_SPREAD)])
        if os.environ[_NOTED]:
            os.environ["TZ"] = os.environ[_NOTED]
            time.tzset()


def as_the_machine_has_it(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process that Django's time zone has not reached."""
    found = {name: value for name, value in environment.items() if name not in ("TZ", _NOTED)}
    return found | ({"TZ": os.environ[_NOTED]} if os.environ.get(_NOTED) else {})
