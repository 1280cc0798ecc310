"""Lists taken away as files: at once, or made by a worker and kept for a day."""
