"""Celery beat's scheduler."""

from typing import Any

from celery.beat import PersistentScheduler

from config.health import note_beat


class TickingScheduler(PersistentScheduler):
    """Records every tick, so that ``/readyz`` notices a beat that hangs."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        wait_s = super().tick(*args, **kwargs)
        note_beat()
        return wait_s
