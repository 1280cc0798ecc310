"""Words for time limits in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.time_limits import Titles
from foundation.deadlines.choices import AuditAction
from foundation.deadlines.models import LimitChange

register(
    Kind("time_limit", LimitChange, named_by=("code",), values={"code": Titles()}),
    *actions_from({AuditAction.CHANGE: _("Changed a time limit")}),
)
