"""Filters in sentences, troubles of a push with their remedies, attempts in words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from deliveries.choices import Fault, Outcome, Paused
from deliveries.models import Attempt, Subscription
from deliveries.selectors import LATE
from deliveries.wording import colour_word, industry_words, transition_words
from foundation.words import Words, listed


def filter_sentences(row: Subscription, stations: Mapping[int, str]) -> list[str]:
    """Return what a subscription covers, one sentence per filter. ``stations`` maps station ids to names."""
    return [sentence for _narrows, sentence in _sentences(row, stations)]


def narrowing_sentences(row: Subscription, stations: Mapping[int, str]) -> list[str]:
    """Return the sentences of the filters that are set, or one sentence for "everything" if none is."""
    found = [sentence for narrows, sentence in _sentences(row, stations) if narrows]
    return found or [_("Every rating of the bureau.")]


def _sentences(row: Subscription, stations: Mapping[int, str]) -> Iterator[tuple[bool, str]]:
    """Yield for each filter whether it is set, and its sentence."""
    names = [stations.get(pk, f"#{pk}") for pk in row.stations]
    everywhere = _("All police stations of the bureau, also those added later.")
    filters: list[tuple[list[str], str, str]] = [
        (
            names,
            _("Only these police stations: %(names)s."),
            everywhere if row.whole_bureau else _("No police station chosen yet."),
        ),
        (
            [industry_words(each) for each in row.industries],
            _("Only these industries: %(names)s."),
            _("All industries."),
        ),
        (
            [colour_word(each) for each in row.colours],
            _("Only these colours: %(names)s."),
            _("Every colour."),
        ),
        (
            [transition_words(each) for each in row.transitions],
            _("Only these changes: %(names)s."),
            _("Whether the colour changed or not."),
        ),
    ]
    for chosen, only, everything in filters:
        yield bool(chosen), only % {"names": as_list(chosen)} if chosen else everything


def as_list(names: Iterable[str]) -> str:
    """Return the names as a list in one line."""
    return pgettext("list", ", ").join(names)


@dataclass(frozen=True)
class Trouble:
    """Why messages do not arrive, and what to do about it."""

    why: Words
    remedy: Words


PAUSED: dict[str, Trouble] = {
    Paused.MANUAL: Trouble(
        gettext_lazy("The platform operator paused the push."),
        gettext_lazy("Messages are kept. Resume when the reason no longer applies."),
    ),
    Paused.GONE: Trouble(
        gettext_lazy("The receiver answers that this address is permanently gone (410)."),
        gettext_lazy("Ask the department for its new address, set it, then resume."),
    ),
    Paused.REFUSED: Trouble(
        gettext_lazy("The receiver has refused the next message for more than an hour."),
        gettext_lazy(
            "The department sees in its push log what the receiver answers, and resumes itself. "
            "Skip the message only if it can never be accepted."
        ),
    ),
    Paused.EXHAUSTED: Trouble(
        gettext_lazy("Nothing has been delivered for three days."),
        gettext_lazy("Call the department. When its receiver is back, resume: no message was lost."),
    ),
    Paused.ADDRESS: Trouble(
        gettext_lazy("The receiver's host name resolves to an address that is not approved."),
        gettext_lazy("Ask the department where its receiver runs, and approve that host or network."),
    ),
    Paused.CONFIRM: Trouble(
        gettext_lazy("The department has not confirmed the new address."),
        gettext_lazy("Ask the department to confirm it under Subscriptions. Messages wait until then."),
    ),
    Paused.SECRET: Trouble(
        gettext_lazy("The signing secret can no longer be read because SECRET_KEY was changed."),
        gettext_lazy(
            "Ask the department to create a new secret, or list the old key in "
            "SECRET_KEY_FALLBACKS and resume."
        ),
    ),
}
FAULTS: dict[str, Trouble] = {
    Fault.STATUS: Trouble(
        gettext_lazy("The receiver answers with an error."),
        gettext_lazy("Ask the department to look at its receiver's log. We keep trying."),
    ),
    Fault.REDIRECT: Trouble(
        gettext_lazy("The receiver redirects to another address. Redirects are never followed."),
        gettext_lazy("Ask the department for the final address and set that."),
    ),
    Fault.TIMEOUT: Trouble(
        gettext_lazy("The receiver does not answer within 20 seconds."),
        gettext_lazy("Ask the department to respond at once and to process the message afterwards."),
    ),
    Fault.CONNECTION: Trouble(
        gettext_lazy("No connection to the receiver."),
        gettext_lazy(
            "Check with the department whether the receiver is running and its firewall lets us in."
        ),
    ),
    Fault.TLS: Trouble(
        gettext_lazy("The receiver's certificate is not trusted."),
        gettext_lazy("Ask the department to renew the certificate, or add its authority with SSL_CERT_FILE."),
    ),
    Fault.DNS: Trouble(
        gettext_lazy("The receiver's host name is unknown."),
        gettext_lazy("Check the address for typing errors, and check our name server."),
    ),
    Fault.ADDRESS: PAUSED[Paused.ADDRESS],
    Fault.SECRET: PAUSED[Paused.SECRET],
}
UNWRITTEN = Trouble(
    gettext_lazy(
        "The first message has not been written for more than an hour, and nothing else is written before it."
    ),
    gettext_lazy("Check under Health that a worker runs, and look for write_snapshot in the log."),
)
UNKNOWN = Trouble(
    gettext_lazy("Something else went wrong on the way."),
    gettext_lazy("Look at the attempts. If they do not explain it, look at our own log."),
)


def trouble_of(row: Subscription, fault: str = "") -> Trouble | None:
    """Return the trouble with a push; None if there is none. ``fault`` is that of the last attempt, if known."""
    if not row.active:
        return None
    if row.paused_why:
        return PAUSED.get(row.paused_why, UNKNOWN)
    if row.snapshot_asked_at is not None and row.snapshot_asked_at < timezone.now() - LATE:
        return UNWRITTEN
    return FAULTS.get(fault, UNKNOWN) if row.failing_since is not None else None


def attempt_words(attempt: Attempt) -> str:
    """Return the result of an attempt in words, with the HTTP status or fault if it failed."""
    if attempt.outcome == Outcome.DELIVERED or not attempt.fault:
        return str(attempt.get_outcome_display())
    why = attempt.get_detail_display() if attempt.detail else attempt.get_fault_display()
    if attempt.status:
        status = _("HTTP %(status)s") % {"status": attempt.status}
        why = listed([status, why]) if attempt.detail else status
    # a test event is sent once: "tried again" and "refused for good" are not true of it
    outcome = attempt.get_outcome_display() if attempt.sequence else _("Not accepted")
    return _("%(outcome)s: %(why)s") % {"outcome": outcome, "why": why}
