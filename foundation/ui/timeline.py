"""The events of a timeline."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone


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
    recorded_at: Any = None
    ordered_at: Any = None  # the moment that orders events of one day

    @property
    def shown_on(self) -> Any:
        """The day on which it happened; the moment of recording, if that was the same day."""
        return self.on if self.recorded_at is None or self.recorded_later else self.recorded_at

    @property
    def recorded_later(self) -> Any:
        """When it was recorded, if that is another day than the one on which it happened."""
        if self.recorded_at is None or timezone.localtime(self.recorded_at).date() == self.on:
            return None
        return self.recorded_at
