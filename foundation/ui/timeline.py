"""The events of a timeline."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Event:
    """One event of a timeline, as ``_timeline.html`` shows it."""

    on: Any
    title: Any
    icon: str = "point"
    text: str = ""
    by: str = ""
    url: str = ""
    colour: str = ""
    voided: bool = False
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
