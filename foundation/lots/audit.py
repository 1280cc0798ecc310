"""Words for draws in the audit log."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.lots import lot_kinds
from foundation.lots.choices import AuditAction
from foundation.lots.models import Draw
from foundation.words import Words


class Titles(Mapping[str, Words]):
    """The titles of all kinds of draws by code."""

    def __getitem__(self, code: str) -> Words:
        return lot_kinds[code].title

    def __iter__(self) -> Iterator[str]:
        return (kind.code for kind in lot_kinds)

    def __len__(self) -> int:
        return len(lot_kinds)


register(
    Kind(
        "draw",
        Draw,
        labels={
            "pool_digest": _("Digest of the pool (SHA-256)"),
            "members": _("In the pool"),
            "excused": pgettext_lazy("draw", "Left out"),
            "seed": _("Seed"),
            "drawn": _("Drawn"),
            "redraws": _("Draws again"),
        },
        values={"kind": Titles()},
    ),
    *actions_from(
        {
            AuditAction.FREEZE: _("Froze the pool of a draw"),
            AuditAction.DRAW: _("Drew by lot"),
            AuditAction.APPROVE: _("Approved that a draw is made again"),
            AuditAction.DECLINE: _("Declined that a draw is made again"),
        }
    ),
)
