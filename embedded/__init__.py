"""The PostgreSQL and Valkey that run if no servers are configured, and the process that owns them."""
