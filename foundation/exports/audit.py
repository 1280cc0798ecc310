"""Words for downloads in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.exports.choices import AuditAction, Format
from foundation.exports.models import Export

register(
    Kind(
        "export",
        Export,
        labels={"rows": _("Rows"), "filters": _("Filters"), "format": _("Format")},
        values={"format": dict(Format.choices)},
        personal=frozenset({"filters"}),  # a search may name a person
    ),
    *actions_from({AuditAction.TAKE_AWAY: _("Downloaded a list")}),
)
