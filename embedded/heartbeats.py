"""Where workers and beat leave their marks in the broker, for the health page and for whoever starts them."""

WORKERS_KEY = "anqi:health:workers"  # sorted set: host name by the moment of its last heartbeat
BEAT_KEY = "anqi:health:beat"
