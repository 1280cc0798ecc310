"""Schedule of papers for Celery beat."""

BEAT_SCHEDULE = {
    "make the files of papers": {
        "task": "papers.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
