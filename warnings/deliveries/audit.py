"""Words of what is done to subscriptions and their messages."""

from django.utils.translation import gettext_lazy as _

from deliveries.choices import Fault
from deliveries.models import Receipt, Subscription
from foundation.contributions.audit import Kind, register, spelled

LABELS = {
    "sequence": _("Message"),
    "last_delivered": _("Last delivered"),
    "fault": _("why it failed"),
    "status": _("HTTP status"),
    "acknowledged": _("Acknowledged"),
    "topics": _("Topics"),
}

register(
    Kind(
        "subscription",
        Subscription,
        formerly=("deliveries.Subscription",),
        labels=LABELS,
        values={"fault": dict(Fault.choices)},
    ),
    Kind("receipt", Receipt, formerly=("deliveries.Receipt",), labels=LABELS),
    *spelled(
        {
            "create subscription": _("Subscribed a department"),
            "edit subscription": _("Changed a subscription"),
            "tune subscription": _("Tuned a subscription"),
            "end subscription": _("Ended a subscription"),
            "set delivery address": _("Set the address of a push"),
            "rotate delivery secret": _("Made a new signing secret"),
            "pause delivery": _("Push paused"),
            "resume delivery": _("Push resumed"),
            "skip message": _("Skipped a message"),
            "replay messages": _("Sent messages again"),
            "acknowledge message": _("Acknowledged a message"),
            "give feedback": _("Gave feedback"),
        }
    ),
)
