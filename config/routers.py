"""Database roles: ``default`` works with the rows, ``owner`` changes the tables."""

from typing import Any


class OwnerMigrates:
    """Runs migrations as the owner role only. The runtime role cannot change tables, and must not be able to."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
