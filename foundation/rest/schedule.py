"""Schedule of the API for Celery beat: once a day, in the small hours."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "forget-stored-answers": {
        "task": "foundation.rest.tasks.forget_stored_answers",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
}
