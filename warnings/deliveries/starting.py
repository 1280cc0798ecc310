"""What is left to do until a new subscription runs: whose act is next, and what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.choices import Outcome
from deliveries.models import Subscription, Wish
from deliveries.selectors import attempts, receipts
from deliveries.wording import shown_address
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import Audience
from foundation.words import Words


class Party(StrEnum):
    """Who acts."""

    BUREAU = "bureau"
    DEPARTMENT = "department"
    OPERATOR = "operator"


WHO = {
    Party.BUREAU: gettext_lazy("the bureau"),
    Party.DEPARTMENT: gettext_lazy("the department"),
    Party.OPERATOR: gettext_lazy("the platform operator"),
}
AUDIENCES = {
    Audience.POLICE: Party.BUREAU,
    Audience.DEPARTMENT: Party.DEPARTMENT,
    Audience.OPERATOR: Party.OPERATOR,
}


@dataclass(frozen=True)
class Step:
    """One step of the beginning: who takes it, what it is in a word, and whether it is done."""

    code: str
    who: Party
    label: Words
    is_done: bool

    @property
    def who_words(self) -> Words:
        return WHO[self.who]


@dataclass(frozen=True)
class Start:
    """The steps of a subscription that does not run yet, and the next one, as its reader sees it.

    ``title`` names who acts and how, ``text`` what the reader can do. ``url`` and ``label`` are the act, if it is theirs
    and a page of its own; the test event is a button.
    """

    steps: Sequence[Step]
    next: Step
    is_mine: bool
    title: str
    text: str
    label: str = ""
    url: str = ""


def start_of(actor: Actor, row: Subscription, *, asked: Wish | None = None) -> Start | None:
    """Return what is left to do, for a page of the actor; None once the subscription runs, or has ended.

    ``asked`` is a request for its address that nobody has decided yet.

    It runs when a message was delivered, or when the department reads messages in its inbox or fetches them.
    """
    if not row.active or row.last_delivered_at is not None:
        return None
    if not row.url and receipts(actor, subscription_id=row.pk).exclude(acknowledged_at=None).exists():
        return None
    tried = attempts(actor, subscription_id=row.pk).filter(sequence=0, outcome=Outcome.DELIVERED)
    confirmed = bool(row.url) and not row.is_unconfirmed
    steps = (
        Step("subscribe", Party.BUREAU, _("Subscribe"), True),
        Step("address", Party.OPERATOR, _("Set the address"), bool(row.url)),
        Step("confirm", Party.DEPARTMENT, _("Confirm the address"), confirmed),
        Step("secret", Party.DEPARTMENT, _("Create the secret"), row.secret_at is not None),
        Step("test", Party.DEPARTMENT, _("Send a test event"), bool(row.url) and tried.exists()),
        Step("first", Party.DEPARTMENT, _("Accept the first message"), False),
    )
    following = next(each for each in steps if not each.is_done)
    me = AUDIENCES.get(actor.audience)
    return _shown(steps, following, me, row, asked)


def _shown(
    steps: Sequence[Step], step: Step, me: Party | None, row: Subscription, asked: Wish | None
) -> Start:
    is_mine = step.who == me
    whose = _("your turn") if is_mine else step.who_words
    title = _("Next, %(who)s: %(act)s") % {"who": whose, "act": step.label}
    if step.code == "address" and asked is not None and me == Party.DEPARTMENT:
        words = _("%(url)s was asked for. The platform operator decides; you are told here.")
        text = words % {"url": shown_address(asked.values["url"])}
        return Start(
            steps,
            step,
            False,
            title,
            text,
            _("View the request"),
            reverse("deliveries:wish", args=[asked.pk]),
        )
    label, url = _act(step, row, me)
    return Start(steps, step, is_mine, title, _text(step, is_mine, me), label, url)


def _act(step: Step, row: Subscription, me: Party | None) -> tuple[str, str]:
    """Return the act of the reader, with its page: theirs, or that by which they have the other one act."""
    if step.code == "address" and me == Party.DEPARTMENT:
        return _("Ask for the address"), f"{reverse('deliveries:wish_address')}?subscription={row.pk}"
    if step.who != me:
        return "", ""
    names = {
        "address": (_("Set the address"), "deliveries:delivery_address"),
        "confirm": (_("Check and confirm the address"), "deliveries:confirm_address"),
        "secret": (_("Create the secret"), "deliveries:rotate_secret"),
    }
    if step.code not in names:
        return "", ""
    label, name = names[step.code]
    return label, reverse(name, args=[row.pk])


def _text(step: Step, is_mine: bool, me: Party | None) -> str:
    if step.code == "address":
        if is_mine:
            return _("Ask the department for the https:// address of its receiver, and approve its host.")
        if me == Party.DEPARTMENT:
            return _(
                "Ask for the https:// address of your receiver here; the platform operator approves it. Until then, "
                "read the messages in the inbox or fetch them with a key."
            )
        return _("Until then the department reads its messages in its inbox or fetches them with a key.")
    if step.code == "confirm":
        return _("Nothing is sent to a new address before the department has confirmed it.")
    if step.code == "secret":
        return _(
            "Every message is signed. The receiver needs the secret, which is shown once, when it is created."
        )
    if step.code == "test":
        return _("It shows at once whether the receiver verifies and accepts what is sent.")
    return _("The receiver answers 2xx as soon as it has stored the message. Today's state is the first one.")
