"""Why an attempt failed: what the answer says, what that probably means, what to do, and where the guide says more.

For the department. It may read the receiver's certificate and page; the operator's words are in ``staff/wording.py``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.choices import Detail, Fault, Outcome
from deliveries.meanings import meaning_of
from deliveries.models import Attempt
from foundation.words import Words, listed


@dataclass(frozen=True)
class Diagnosis:
    """What an answer probably means and what to do. ``topic`` is its place in the guide to failures."""

    meaning: Words
    remedy: Words
    topic: str

    @property
    def guide(self) -> str:
        """The address of the place in the guide, "" if this installation serves none."""
        return guide_url("failures", self.topic)


def guide_url(guide: str, place: str = "") -> str:
    """Return the address of a guide, "" while the site serves none."""
    try:
        found = reverse("deliveries:guide", args=[guide])
    except NoReverseMatch:
        return ""
    return f"{found}#{place}" if place else found


OF_DETAIL: Mapping[str, Diagnosis] = {
    Detail.PLAIN: Diagnosis(
        gettext_lazy("There is no TLS at this port: something answers, but not https."),
        gettext_lazy("Serve https there, or ask for the address with the port that does."),
        "certificate",
    ),
    Detail.REFUSED: Diagnosis(
        gettext_lazy("The host is there and refuses the connection: nothing listens at this port."),
        gettext_lazy("Start the receiver, and compare the port of the address with the one it listens at."),
        "connection",
    ),
    Detail.UNREACHED: Diagnosis(
        gettext_lazy("The host does not answer at all. Usually a firewall drops the connection."),
        gettext_lazy("Let this platform in at the firewall, and check that the host is up."),
        "connection",
    ),
    Detail.CLOSED: Diagnosis(
        gettext_lazy("The connection was closed before an answer came."),
        gettext_lazy(
            "Look at the receiver's log at this moment: it crashed, or a proxy before it gave up. Or it expects https, "
            "and the address says http."
        ),
        "connection",
    ),
}
GONE = Diagnosis(
    gettext_lazy("The receiver says that this address is gone for ever, so nothing more is sent there."),
    gettext_lazy(
        "If it was a mistake, resume. Otherwise ask for the new address on the page of the subscription."
    ),
    "gone",
)
NO_COMMON = Diagnosis(
    gettext_lazy("The receiver and this platform found no common encryption."),
    gettext_lazy("Serve TLS 1.2 or 1.3 with a certificate of an authority that is known here."),
    "certificate",
)


def diagnose(attempt: Attempt, certificate: Mapping[str, Any] | None = None) -> Diagnosis | None:
    """Return what an attempt's result probably means, None if the message was accepted or skipped.

    A whole web page that was answered with 2xx counts as delivered, and is doubted here.

    ``certificate`` is what the refused certificate says of itself, while it is kept.
    """
    if attempt.outcome == Outcome.DELIVERED and attempt.detail == Detail.HTML:
        return _in_general(attempt)
    if attempt.outcome not in (Outcome.FAILED, Outcome.REFUSED):
        return None
    if attempt.fault == Fault.TLS and attempt.detail != Detail.PLAIN:
        return _of_certificate(attempt.detail, certificate or {})
    found = OF_DETAIL.get(attempt.detail) or _in_general(attempt)
    if attempt.detail == Detail.HTML:
        page = _("A web page answered, not a receiver: a login page, a proxy, or the web server before it.")
        return replace(found, meaning=f"{page} {found.meaning}")
    return found


def _in_general(attempt: Attempt) -> Diagnosis:
    """Return what the guide says of such an answer; of a message, 410 also pauses the push."""
    if attempt.status == 410 and attempt.sequence:
        return GONE
    found = meaning_of(attempt.outcome, attempt.fault, attempt.status, attempt.detail)
    return Diagnosis(found.why, found.act, found.anchor)


def _of_certificate(detail: str, certificate: Mapping[str, Any]) -> Diagnosis:
    """Return whose certificate was refused and why: expired, for another name, or of an unknown authority."""
    plain = NO_COMMON
    whose = {
        "subject": certificate.get("subject") or _("the receiver"),
        "issuer": certificate.get("issuer") or _("an authority that it does not name"),
        "names": listed(certificate.get("names") or ()) or certificate.get("subject") or _("no name"),
        "until": _day(certificate.get("until")),
        "from": _day(certificate.get("from")),
    }
    if detail == Detail.EXPIRED:
        meaning = _("The certificate of %(subject)s, issued by %(issuer)s, has expired (%(until)s).") % whose
        return replace(
            plain, meaning=meaning, remedy=_("Renew it at the receiver, or at the proxy before it.")
        )
    if detail == Detail.EARLY:
        meaning = _("The certificate of %(subject)s is not valid before %(from)s.") % whose
        return replace(plain, meaning=meaning, remedy=_("Check the clock of whoever issued it."))
    if detail == Detail.NAME:
        meaning = _("The certificate is for another name: %(names)s (issued by %(issuer)s).") % whose
        remedy = _("Use a certificate for the host in the address, or ask for an address with that name.")
        return replace(plain, meaning=meaning, remedy=remedy)
    if detail == Detail.AUTHORITY:
        meaning = _("The certificate of %(subject)s is of an authority unknown here: %(issuer)s.") % whose
        remedy = _(
            "Send the whole chain with the intermediate certificates. If the authority is your own, have the platform "
            "operator add it."
        )
        return replace(plain, meaning=meaning, remedy=remedy)
    return plain


def _day(moment: str | None) -> str:
    return date_format(timezone.localtime(dt.datetime.fromisoformat(moment)), "Y-m-d") if moment else "–"


def short_result(attempt: Attempt) -> str:
    """Return the answer itself, short: "401", "Certificate expired", "No answer in time"."""
    if attempt.status:
        return f"{attempt.status}"
    if attempt.detail:
        return str(Detail(attempt.detail).label)
    return str(Fault(attempt.fault).label) if attempt.fault else ""
