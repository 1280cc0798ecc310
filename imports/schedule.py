"""Schedule of sheets for Celery beat."""

BEAT_SCHEDULE = {
    "go on with sheets": {
        "task": "imports.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
