"""What Celery beat does: the quarter at 00:30 of the day it falls due, and a sweep each minute.

Both only look what is due, so a second beat or a missed tick changes nothing. ``SWEEP_INTERVAL_S`` moves the minute.
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
