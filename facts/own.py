"""What an enterprise's people may still do with a record of their own: put it right on the day they entered it.

A wrong entry is noticed within minutes; until the day is over it can be corrected or withdrawn, with a reason and with
its history, as long as the police have not acted on it. Later it has been read and counted, so the police correct it.
"""

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from facts.choices import FactAction
from facts.models import Fact
from facts.selectors import acts_on
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model


def is_by_enterprise(entry: AuditEntry) -> bool:
    """Return whether an enterprise's people did this act."""
    return entry.role in ENTERPRISE_ROLES


def refusal_of_own(actor: Actor, fact: Fact, entries: Sequence[AuditEntry] | None = None) -> str:
    """Return why an enterprise's people cannot correct or withdraw a record now; "" if they can.

    ``entries``: the acts on it, newest first, if they are at hand; otherwise it takes one query.
    """
    if entries is None:
        entries = acts_on(actor, [fact]).get(fact.pk, [])
    # an imported record has no entry of its own, and what they added to it since does not make it theirs
    creation = kind_of_model(type(fact)).action(FactAction.CREATE)
    if not entries or not is_by_enterprise(entries[-1]) or entries[-1].action != creation:
        return _("The police entered this record, so only they can correct it.")
    if not all(is_by_enterprise(entry) for entry in entries):
        return _("The police have already worked with this record, so only they can correct it.")
    if timezone.localdate(fact.recorded_at) != timezone.localdate():
        return _("You could correct this record on the day you entered it. Now only the police can.")
    return ""


def require_own(actor: Actor, fact: Fact, changed: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
    """Refuse what an enterprise's people may not do with a locked record: WrongState, or NotAllowed for a field.

    ``changed`` are the fields they would change, ``allowed`` those they may. Does nothing for others.
    """
    if not actor.is_enterprise:
        return
    if words := refusal_of_own(actor, fact):
        raise WrongState(words)
    if foreign := set(changed) - set(allowed):
        raise NotAllowed(", ".join(sorted(foreign)))
