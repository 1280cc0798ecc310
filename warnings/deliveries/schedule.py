"""What Celery beat does for the deliveries: wake what is due, forget old attempts.

``DELIVERIES_INTERVAL_S`` moves the quarter of a minute.
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
