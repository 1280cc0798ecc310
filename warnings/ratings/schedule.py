"""What Celery beat does: the quarter at 00:30 of the day it falls due, and a sweep each minute.

Both only look what is due, so a second beat or a missed tick changes nothing.
"""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "quarter": {
        "task": "ratings.tasks.sweep",
        "schedule": crontab(hour=0, minute=30),
        "options": {"expires": 3600},
    },
    "sweep": {"task": "ratings.tasks.sweep", "schedule": 60.0, "options": {"expires": 55}},
}
