"""Who is notified of check-ins."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import ENTERPRISE_ROLES
from foundation.contributions.file import word_of
from foundation.contributions.notifications import Cause, Happening, register
from inspections.checkins.choices import Purpose
from inspections.checkins.operations import ARRIVE


def _purpose(code: Any) -> str:
    return word_of(Purpose, str(code))


def _values(happening: Happening) -> dict[str, Any]:
    visit = happening.target
    return {"officers": visit.names, "purpose": visit.purpose, "approval": visit.approval or "–"}


register(
    Cause(
        f"check_in.{ARRIVE}",
        _("Police are at your enterprise: %(officers)s. %(purpose)s, approval: %(approval)s"),
        ENTERPRISE_ROLES,
        "login",
        page="checkins:own",
        takes_id=False,
        kind="check_in",
        on=(f"check_in.{ARRIVE}",),
        who=lambda happening: Q(enterprise_id=happening.target.enterprise_id),
        values=_values,
        shown={"purpose": _purpose},
    )
)
