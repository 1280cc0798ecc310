"""Celery beat's scheduler."""

import os
from pathlib import Path
from typing import Any

from celery.beat import PersistentScheduler

from config.health import note_beat
from embedded.configuration import ServersError


class TickingScheduler(PersistentScheduler):
    """Records every tick, so that ``/readyz`` notices a beat that hangs."""

    schedule_filename: str

    def setup_schedule(self) -> None:
        folder = Path(self.schedule_filename).resolve().parent
        if not os.access(folder, os.W_OK):
            raise ServersError(
                f"Beat cannot write {self.schedule_filename}. Set DATA_DIR to a folder that it may write."
            )
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        wait_s = super().tick(*args, **kwargs)
        note_beat()
        return wait_s
