"""Words for time limits in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.time_limits import titles
from foundation.deadlines.choices import AuditAction
from foundation.deadlines.models import CalendarFeed, LimitChange

register(
    Kind("time_limit", LimitChange, named_by=("code",), values={"code": titles}),
    Kind("calendar_feed", CalendarFeed),
    *actions_from(
        {
            AuditAction.CHANGE: _("Changed a time limit"),
            AuditAction.MAKE_FEED: _("Made a calendar address"),
            AuditAction.REVOKE_FEED: _("Revoked the calendar address"),
        }
    ),
)
