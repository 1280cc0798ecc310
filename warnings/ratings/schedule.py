"""Celery beat schedule: a sweep at 00:30, when quarters fall due, and every minute.

A sweep only looks for due work, so a second beat process or a missed tick does no harm. ``SWEEP_INTERVAL_S`` changes
the interval.
"""

import os

from celery.schedules import crontab

SWEEP_INTERVAL_S = float(os.environ.get("SWEEP_INTERVAL_S") or 60)

BEAT_SCHEDULE = {
    "quarter": {
        "task": "ratings.tasks.sweep",
        "schedule": crontab(hour=0, minute=30),
        "options": {"expires": 3600},
    },
    "sweep": {
        "task": "ratings.tasks.sweep",
        "schedule": SWEEP_INTERVAL_S,
        "options": {"expires": SWEEP_INTERVAL_S},
    },
}
