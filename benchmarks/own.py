"""Servers of a benchmark's own, and Django on them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded import configuration
from embedded.servers import running


@contextmanager
def servers(data_dir: Path, *, fresh: bool = False, keep: bool = False, **settings: str) -> Iterator[Path]:
    """Run PostgreSQL and Valkey in a folder, whatever the environment or .env contains, and set Django up on them.

    ``fresh``: without what an earlier run left there. ``keep``: leave the data for the next one. ``settings`` are further
    variables of the environment. Yield the folder. Nothing that imports models may be imported before.
    """
    folder = data_dir.resolve()
    if fresh:
        discard(folder)
    os.environ |= {
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "REDIS_DB": "0",
        "ANQI_DEMO": "",
        "SWEEP_INTERVAL_S": "3600",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **settings,
    }
    try:
        with running(folder):
            import django

            django.setup()
            yield folder
    finally:
        if not keep:
            discard(folder)


def discard(data_dir: Path) -> None:
    """Remove a data folder, unless it is missing. Raise SystemExit for a folder that is none of Anqi."""
    if not data_dir.exists():
        return
    if not (data_dir / configuration.KEYS_FILE).exists():
        raise SystemExit(f"{data_dir} is not a data folder of Anqi.")
    shutil.rmtree(data_dir)
