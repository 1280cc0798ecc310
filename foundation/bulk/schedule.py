"""Schedule of acts on many rows for Celery beat."""

BEAT_SCHEDULE = {
    "go on with acts on many": {
        "task": "foundation.bulk.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
