"""Papers about disputes: which forms there are, and what they say."""

from disputes.after import papers as after_settlement

__all__ = ["after_settlement"]
