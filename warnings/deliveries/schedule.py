"""Celery beat schedule of the deliveries: push what is due, delete old attempts.

``DELIVERIES_INTERVAL_S`` changes the interval of 15 seconds.
"""

import os

from celery.schedules import crontab

INTERVAL_S = float(os.environ.get("DELIVERIES_INTERVAL_S") or 15)

BEAT_SCHEDULE = {
    "deliveries": {
        "task": "deliveries.tasks.push_due",
        "schedule": INTERVAL_S,
        "options": {"expires": INTERVAL_S},
    },
    "forget-attempts": {
        "task": "deliveries.tasks.forget_attempts",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
}
