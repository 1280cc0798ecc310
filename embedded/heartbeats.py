"""Keys of the broker under which workers and beat record their heartbeats."""

WORKERS_KEY = "anqi:health:workers"  # sorted set: host name → time of its last heartbeat
BEAT_KEY = "anqi:health:beat"
