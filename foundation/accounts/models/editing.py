"""Rows of the directory that forms edit."""

import hashlib
import json
from typing import Any, ClassVar

from django.db import models


class Editable(models.Model):
    """A row of the directory that a form edits, in the fields ``EDITABLE``.

    Its version is a hash of those fields, not a counter: a login, a new password or a new role does not make a form
    stale.
    """

    EDITABLE: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    @property
    def shown(self) -> list[Any]:
        """What a form shows of the row."""
        return [getattr(self, name) for name in self.EDITABLE]

    @property
    def mark(self) -> str:
        """The version of the row: a hash of what a form shows, to detect a change made in the meantime."""
        return hashlib.sha256(json.dumps(self.shown).encode()).hexdigest()[:16]
