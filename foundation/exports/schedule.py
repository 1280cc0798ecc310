"""Schedule of downloads for Celery beat."""

BEAT_SCHEDULE = {
    "go on with downloads": {
        "task": "foundation.exports.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
