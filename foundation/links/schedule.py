"""Schedule of signed links for Celery beat: what could not be queued when it was answered is read within minutes."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "read answers of links": {
        "task": "foundation.links.tasks.take_answers",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
}
