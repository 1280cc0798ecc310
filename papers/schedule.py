"""Schedule of papers for Celery beat."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "make the files of papers": {
        "task": "papers.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget files that no paper has": {
        "task": "papers.tasks.forget_unnamed_files",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
}
