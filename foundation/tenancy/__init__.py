"""Tenancy: scope, row-level security policies, composite keys, start-up checks."""
