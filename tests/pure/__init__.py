"""Tests of pure modules: no database, no Redis, no fixture. `make mutate` (.ci/mutate.py) runs them without either."""
