"""Rows of the directory that forms edit."""

import hashlib
import json
from typing import ClassVar

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
    def mark(self) -> str:
        """The version of the row: a hash of what a form shows, to detect a change made in the meantime."""
        shown = [getattr(self, name) for name in self.EDITABLE]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
