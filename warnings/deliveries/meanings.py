"""What the answer of a receiver probably means, and what to do about it: for the push log, test events and the guide to failures."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from deliveries.choices import Detail, Fault, Outcome
from foundation.words import Words


@dataclass(frozen=True)
class Meaning:
    """What an answer means. ``anchor`` is its place in the guide to failures, ``signs`` how it shows in a log."""

    anchor: str
    signs: Words
    why: Words
    act: Words


MEANINGS: Mapping[str, Meaning] = {
    each.anchor: each
    for each in (
        Meaning(
            "accepted",
            "2xx",
            gettext_lazy("The receiver accepted it."),
            gettext_lazy("Check that the receiver verifies the signature before it answers 2xx."),
        ),
        Meaning(
            "page",
            gettext_lazy("2xx with a web page"),
            gettext_lazy(
                "The answer was a web page: probably a login page or a proxy, not your receiver. It counts as delivered."
            ),
            gettext_lazy(
                "Look in the receiver whether it arrived. If not, have the way to it opened or ask for another address; "
                "then send the message again."
            ),
        ),
        Meaning(
            "signature",
            "401, 403",
            gettext_lazy(
                "The receiver does not accept the signature, or something before it asks for a login."
            ),
            gettext_lazy(
                "First the secret: compare its last characters with those that signed. Then the body: verify it byte for "
                "byte, before anything parses it. Then the clock: more than five minutes off is refused."
            ),
        ),
        Meaning(
            "address",
            "404, 405",
            gettext_lazy("A server is there, but nothing takes a POST at this address."),
            gettext_lazy(
                "Compare path and slash of the address with those of the receiver. Ask for another address if they differ."
            ),
        ),
        Meaning(
            "gone",
            "410",
            gettext_lazy("The receiver says that this address is gone for ever."),
            gettext_lazy("Ask for the new address on the page of the subscription."),
        ),
        Meaning(
            "body",
            "400, 413, 415, 422",
            gettext_lazy("The receiver got the message and cannot take it as it is."),
            gettext_lazy(
                "Look at its answer and its log. Take bodies of two megabytes and types that you do not know yet. "
                "Skip the message only if it can never be taken: it stays in the inbox."
            ),
        ),
        Meaning(
            "busy",
            "408, 425, 429",
            gettext_lazy("The receiver asks for patience."),
            gettext_lazy("Nothing to do: the message comes again, not before the time in Retry-After."),
        ),
        Meaning(
            "redirect",
            "3xx",
            gettext_lazy("The receiver redirects to another address. Redirects are never followed."),
            gettext_lazy(
                "Ask for the final address on the page of the subscription. A redirect to a login page must go."
            ),
        ),
        Meaning(
            "server",
            "5xx",
            gettext_lazy("The receiver failed while it handled the message."),
            gettext_lazy("Look at its log. Store the message first, answer 2xx, and process it afterwards."),
        ),
        Meaning(
            "timeout",
            gettext_lazy("no answer in time"),
            gettext_lazy("The receiver did not answer within 20 seconds."),
            gettext_lazy("Store the message, answer 2xx at once, and process it afterwards."),
        ),
        Meaning(
            "connection",
            gettext_lazy("no connection"),
            gettext_lazy("Nothing answers at this host and port."),
            gettext_lazy("Check that the receiver runs and that its firewall lets this platform in."),
        ),
        Meaning(
            "certificate",
            gettext_lazy("certificate or encryption"),
            gettext_lazy(
                "The certificate of the receiver is expired, for another name, or from an unknown authority."
            ),
            gettext_lazy(
                "Renew the certificate, send the whole chain, or have the platform operator add your authority."
            ),
        ),
        Meaning(
            "host",
            gettext_lazy("unknown host"),
            gettext_lazy("The host name of the address is unknown here."),
            gettext_lazy(
                "Check it for typing errors. A name of an inner network must be known to this platform."
            ),
        ),
        Meaning(
            "approval",
            gettext_lazy("address not approved"),
            gettext_lazy("The host resolves to an address that the platform operator has not approved."),
            gettext_lazy(
                "Ask for the address at which the receiver runs now, on the page of the subscription."
            ),
        ),
        Meaning(
            "secret",
            gettext_lazy("secret unreadable"),
            gettext_lazy("The signing secret can no longer be read here, so nothing can be signed."),
            gettext_lazy("Create a new secret. The push then goes on by itself."),
        ),
        Meaning(
            "other",
            gettext_lazy("any other"),
            gettext_lazy("The answer is none that a receiver usually gives."),
            gettext_lazy(
                "Look at the receiver's log, and tell the platform operator the moment of the attempt."
            ),
        ),
    )
}
OF_STATUS = {
    **dict.fromkeys((401, 403), "signature"),
    **dict.fromkeys((404, 405), "address"),
    **dict.fromkeys((400, 406, 413, 415, 422), "body"),
    **dict.fromkeys((408, 425, 429), "busy"),
    410: "gone",
}
OF_FAULT = {
    Fault.REDIRECT: "redirect",
    Fault.TIMEOUT: "timeout",
    Fault.CONNECTION: "connection",
    Fault.TLS: "certificate",
    Fault.DNS: "host",
    Fault.ADDRESS: "approval",
    Fault.SECRET: "secret",
}


def meaning_of(outcome: str, fault: str, status: int | None, detail: str = "") -> Meaning:
    """Return what the result of an attempt means."""
    if outcome == Outcome.DELIVERED:
        return MEANINGS["page" if detail == Detail.HTML else "accepted"]
    if fault in OF_FAULT:
        return MEANINGS[OF_FAULT[Fault(fault)]]
    if status in OF_STATUS:
        return MEANINGS[OF_STATUS[status]]
    return MEANINGS["server" if status and status >= 500 else "other"]
