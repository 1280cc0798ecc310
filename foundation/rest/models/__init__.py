from foundation.rest.models.answer import StoredAnswer

__all__ = ["StoredAnswer"]
