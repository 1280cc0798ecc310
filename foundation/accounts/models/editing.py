"""Rows of the directory that forms change."""

import hashlib
import json
from typing import ClassVar

from django.db import models


class Editable(models.Model):
    """A row of the directory that a form changes, in the fields ``EDITABLE``.

    Its version is a mark made of those fields and no count: a log-in, a new password or a role given meanwhile makes
    no form stale.
    """

    EDITABLE: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    @property
    def mark(self) -> str:
        """What a form showed, so that saving can tell whether somebody changed it meanwhile."""
        shown = [getattr(self, name) for name in self.EDITABLE]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
