"""Inspections in figures, for those who supervise them: what was found, ordered and photographed, and by whom nothing."""
