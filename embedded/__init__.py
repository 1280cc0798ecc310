"""The PostgreSQL and Valkey that run when nothing is configured, and the one process that owns them."""
