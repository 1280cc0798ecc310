"""Who may see which rows: scope, row-level security policies, composite keys, start-up checks."""
