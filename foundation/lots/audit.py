"""Words for draws in the audit log."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.lots import lot_kinds
from foundation.contributions.registry import WordsOf
from foundation.lots.choices import AuditAction
from foundation.lots.models import Draw

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
        values={"kind": WordsOf(lot_kinds, lambda kind: kind.title)},
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
