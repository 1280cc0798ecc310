"""The agreement in force of a locked dispute, as every operation on one asks for it."""

from django.utils.translation import gettext_lazy

from disputes.agreements.reading import Concluded, agreements_of
from disputes.models import Dispute
from foundation.accounts.access import WrongState

NONE_IN_FORCE = gettext_lazy("This dispute has no agreement in force.")
GONE = gettext_lazy("This agreement is no longer in force. Look at the dispute again.")


def in_force(dispute: Dispute, agreement_id: int | None = None) -> Concluded:
    """Return the agreement in force of a locked dispute. Raise WrongState if there is none, or another than was shown."""
    found = agreements_of(dispute).in_force
    if found is None:
        raise WrongState(str(NONE_IN_FORCE))
    if agreement_id not in (None, found.agreement.pk):
        raise WrongState(str(GONE))
    return found
