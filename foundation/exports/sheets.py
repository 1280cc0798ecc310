"""A list as a sheet: what its page shows, read in batches, and the file made of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.spreadsheets.writing import FILES, SheetFile, sheet_name

BATCH = 500  # rows that are read and written at once
MOST_ROWS = 1_000_000  # of a sheet, which Excel ends at 1,048,576


@dataclass(frozen=True)
class Sheet:
    """A list as its page shows it to one actor.

    ``keys`` are those of its rows, in the order of the page; ``rows`` reads the cells of some of them. ``told`` are the
    filters and the order in words, as label and value.
    """

    title: str
    labels: Sequence[str]
    keys: Sequence[Any]
    rows: Callable[[Sequence[Any]], Iterable[Sequence[Any]]]
    told: Sequence[tuple[str, str]]

    def batches(self) -> Iterator[Sequence[Any]]:
        """Return the keys, in pieces that fit into memory with their rows."""
        for start in range(0, len(self.keys), BATCH):
            yield self.keys[start : start + BATCH]

    def file(self, kind: str, path: Path) -> SheetFile:
        """Return the file to write the rows into; enter it first."""
        return FILES[kind](path, self.title, self.labels)

    def about(self, actor: Actor, count: int) -> list[tuple[str, Any]]:
        """Return what the first sheet says."""
        role = Role(actor.role).label if actor.role in Role.values else actor.role
        return [
            (_("List"), self.title),
            *(self.told or [(_("Filters"), _("none"))]),
            (_("Rows"), count),
            *(
                [(_("Note"), _("Only the first rows: narrow the list by filters."))]
                if count >= MOST_ROWS
                else []
            ),
            (_("Made"), timezone.now()),
            (_("By"), f"{actor.name}, {role}"),
            (_("Organisation"), actor.organisation),
            (_("Note"), _("Each column shows what the page shows in this role, and masks what it masks.")),
        ]


def file_name(title: str, kind: str) -> str:
    """Return the name of a file: the list and the day."""
    name = get_valid_filename(f"{sheet_name(title)} {timezone.localdate().isoformat()}")
    return f"{name}.{kind}"
