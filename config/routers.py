"""Which role does what: ``default`` works with the rows, ``owner`` changes the tables."""

from typing import Any


class OwnerMigrates:
    """Migrations run as the owner role only; the runtime role could not, and must not be able to."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
