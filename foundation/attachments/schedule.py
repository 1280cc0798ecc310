"""Schedule of the files that are kept for Celery beat: once a day, in the small hours."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "forget files that no row names": {
        "task": "foundation.attachments.tasks.forget_unnamed_files",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
}
