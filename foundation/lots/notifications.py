"""Who is notified of draws: that one is asked to be made again, and what was decided about that."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, Happening, register
from foundation.lots.choices import AuditAction
from foundation.lots.operations import ASKED

DRAW_ROLES = frozenset({Role.CHIEF, Role.SUPERVISOR})


def _deciders(happening: Happening) -> Q:
    draw = happening.target
    supervisors = Q(role=Role.SUPERVISOR, bureau_id=draw.bureau_id)
    if draw.station_id is None:
        return supervisors
    return supervisors | Q(role=Role.CHIEF, station_id=draw.station_id)


def _asker(happening: Happening) -> Q:
    draw = happening.target
    return Q(user_id=draw.frozen_by_id, bureau_id=draw.bureau_id)


register(
    Cause(
        ASKED,
        _("Asks you to approve that a draw is made again: draw %(object)s"),
        DRAW_ROLES,
        "arrows-shuffle",
        page="lots:draw",
        kind="draw",
        tone="yellow",
        on=(AuditAction.FREEZE,),
        when=lambda happening: happening.target.redraws_id is not None,
        who=_deciders,
    ),
    Cause(
        AuditAction.APPROVE,
        _("You may draw again: draw %(object)s"),
        DRAW_ROLES,
        "arrows-shuffle",
        page="lots:draw",
        tone="green",
        on=(AuditAction.APPROVE,),
        who=_asker,
    ),
    Cause(
        AuditAction.DECLINE,
        _("You may not draw again: draw %(object)s"),
        DRAW_ROLES,
        "arrows-shuffle",
        page="lots:draw",
        tone="red",
        on=(AuditAction.DECLINE,),
        who=_asker,
    ),
)
