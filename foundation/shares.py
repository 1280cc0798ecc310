"""Shares in figures, with a guard for small numbers."""

FEWEST = 5  # records below which a share says nothing


def share(part: int, whole: int) -> float | None:
    """Return per cent; None if the whole is too little to say."""
    return 100 * part / whole if whole >= FEWEST else None
