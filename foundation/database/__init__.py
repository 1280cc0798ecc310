"""PostgreSQL and the cache: planner settings, append-only rows, grants, composed statements, cached values."""
