"""The queues of the tasks, and the keys of the broker under which workers and beat record their heartbeats."""

TASKS, PUSHES = "celery", "pushes"  # a worker that names none takes both
QUEUES = (TASKS, PUSHES)
BEAT_KEY = "anqi:health:beat"


def workers_key(queue: str) -> str:
    """Return the key of a sorted set: name of a worker that takes this queue → time of its last heartbeat."""
    return f"anqi:health:workers:{queue}"


ALL_KEYS = (BEAT_KEY, *map(workers_key, QUEUES))
