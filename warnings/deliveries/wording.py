"""Subscriptions, pushes and messages in words, for the pages of bureau, department and operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from deliveries.choices import ANY, NOTHING, SNAPSHOT, EventKind, Paused
from deliveries.models import Receipt, Subscription
from enterprises.choices import Colour
from enterprises.industries import industry_name, section_name
from ratings.choices import EvaluationKind


def transition_words(step: str) -> str:
    """Return a transition such as ``green>red`` in words."""
    before, _arrow, after = step.partition(">")
    names = {"before": colour_word(before), "after": colour_word(after)}
    if before == after:
        return _("every rating") if before == ANY else _("stays %(after)s") % names
    if before == NOTHING:
        return (
            _("rated for the first time")
            if after == ANY
            else _("rated for the first time: %(after)s") % names
        )
    if before == ANY:
        return _("to %(after)s, from any other colour") % names
    if after == ANY:
        return _("from %(before)s, to any other colour") % names
    return _("%(before)s to %(after)s") % names


def colour_word(colour: str) -> str:
    """Return the label of a colour; any other text is returned unchanged."""
    return str(Colour(colour).label) if colour in Colour.values else colour


def industry_words(code: str) -> str:
    """Return an industry code with its name: "C Manufacturing", "C34 Manufacturing · 通用设备制造业", "C34 通用设备制造业".

    Below the sections the standard's names are Chinese, so other readers also get the section's.
    """
    section, name = section_name(code), industry_name(code)
    is_chinese = (get_language() or "").startswith("zh")
    names = [name] if name and is_chinese else dict.fromkeys(each for each in (section, name) if each)
    return f"{code} {' · '.join(names)}".strip()


def _area_in_words(row: Subscription, stations: Mapping[int, str]) -> list[str]:
    if row.whole_bureau:
        return [_("Whole bureau, also stations added later")]
    return [stations.get(each, str(each)) for each in row.stations]


def filters_in_words(row: Subscription, stations: Mapping[int, str]) -> list[tuple[str, list[str]]]:
    """Return the filters of a subscription as (label, values); a filter without values is not set."""
    return [
        (_("Stations"), _area_in_words(row, stations)),
        (_("Industries"), [industry_words(each) for each in row.industries]),
        (_("Colours"), [colour_word(each) for each in row.colours]),
        (_("Changes"), [transition_words(each) for each in row.transitions]),
    ]


def message_title(row: Receipt) -> str:
    """Return a summary of a message in one line: "213 ratings, 12 red, 4 worse than before"."""
    total = ngettext("%(number)s rating", "%(number)s ratings", row.size) % {"number": f"{row.size:,}"}
    if row.kind == EventKind.REVISED:
        return _revision_title(row, total)
    if row.cause == SNAPSHOT:
        if not row.size:
            return _("today's state: no rating matches")
        figures = {"ratings": total, "red": f"{row.red:,}", "yellow": f"{row.yellow:,}"}
        return _("today's state: %(ratings)s, %(red)s red, %(yellow)s yellow") % figures
    parts = {"ratings": total, "red": f"{row.red:,}", "worse": f"{row.worse:,}"}
    if row.red and row.worse:
        return _("%(ratings)s, %(red)s red, %(worse)s worse than before") % parts
    if row.red:
        return _("%(ratings)s, %(red)s red, none worse than before") % parts
    if row.worse:
        return _("%(ratings)s, %(worse)s worse than before") % parts
    return _("%(ratings)s, none red or worse than before") % parts


def _revision_title(row: Receipt, ratings: str) -> str:
    """Return what a revision changed, compared with the ratings it replaces."""
    parts = {"ratings": ratings, "worse": f"{row.worse:,}", "better": f"{row.better:,}"}
    if row.worse and row.better:
        return _("%(ratings)s revised: %(worse)s worse, %(better)s better than sent before") % parts
    if row.worse:
        return _("%(ratings)s revised: %(worse)s worse than sent before") % parts
    if row.better:
        return _("%(ratings)s revised: %(better)s better than sent before") % parts
    return _("%(ratings)s revised, none better or worse than sent before") % parts


def cause_words(cause: str) -> str:
    """Return why a revision or a snapshot exists, in words; "" for the evaluation of a quarter."""
    if cause == SNAPSHOT:
        return _("Snapshot")
    return (
        str(EvaluationKind(cause).label)
        if cause in (EvaluationKind.CORRECTION, EvaluationKind.INTERIM)
        else ""
    )


@dataclass(frozen=True)
class PushState:
    """The state of a push: a title with its tone and icon, a sentence that explains it, and advice."""

    code: str
    tone: str
    icon: str
    title: str
    text: str
    advice: str = ""


def push_state(row: Subscription, skipped: int = 0) -> PushState:
    """Return the state of a subscription's push, in words. ``skipped``: messages that were taken out of it."""
    if not row.active:
        text = _("No new messages are written. Messages already written stay readable.")
        return PushState("ended", "secondary", "player-stop", _("Ended"), text)
    if row.paused_why:
        return PushState("paused", "red", "player-pause", _("Paused"), *_why_paused(row.paused_why))
    if not row.url:
        text = _(
            "Nothing is pushed because there is no address. Read the messages here or fetch them with a key."
        )
        return PushState("fetched", "secondary", "download", _("Fetched, not pushed"), text)
    if row.secret_at is None:
        text = _("Messages wait until the secret is created: without it no receiver could verify them.")
        return PushState("secret", "yellow", "key", _("Waiting for the secret"), text)
    if row.failing_since:
        text = _("The receiver is not accepting messages. Anqi retries automatically for three days.")
        advice = _("The push log says what it answers and what to do.")
        return PushState("failing", "yellow", "alert-triangle", _("Failing"), text, advice)
    if row.snapshot_asked_at and not row.has_next:
        text = _("The first message, today's state, is being written.")
        return PushState("writing", "blue", "clock", _("Being written"), text)
    if row.has_next:
        return PushState("sending", "blue", "send", _("Sending"), _("Messages are on their way."))
    if skipped:
        text = ngettext(
            "%(number)d message was skipped and not delivered.",
            "%(number)d messages were skipped and not delivered.",
            skipped,
        )
        advice = _("Read them in the inbox, or have them sent again.")
        title = _("Up to date but for what was skipped")
        return PushState(
            "current", "yellow", "player-skip-forward", title, text % {"number": skipped}, advice
        )
    return PushState("current", "green", "circle-check", _("Up to date"), _("Every message was delivered."))


def _why_paused(why: str) -> tuple[str, str]:
    """Return the explanation of a pause and the advice for it."""
    found = {
        Paused.MANUAL: (
            _("The platform operator paused the push."),
            _(
                "Messages are still written and can be read here. Ask the platform operator when the "
                "push will resume."
            ),
        ),
        Paused.GONE: (
            _("The receiver answered that it is permanently gone (410)."),
            _("If that was a mistake, resume. Otherwise ask for the new address here."),
        ),
        Paused.REFUSED: (
            _("The receiver has refused a message for more than an hour."),
            _(
                "The push log says what it answers and what to do. Resume when it is mended: nothing was lost."
            ),
        ),
        Paused.EXHAUSTED: (
            _("The receiver has accepted no message for three days."),
            _("Resume when it is back: nothing was lost."),
        ),
        Paused.ADDRESS: (
            _("The platform operator has not approved the receiver's address."),
            _("Ask for the receiver's new address here."),
        ),
        Paused.CONFIRM: (
            _("The platform operator set an address. Nothing is sent there until you confirm it."),
            _("Confirm it only if it is your receiver's. Messages wait, and can be read here."),
        ),
        Paused.SECRET: (
            _("The secret can no longer be read, so nothing can be signed."),
            _("Create a new secret. The push then resumes automatically."),
        ),
    }
    return found.get(Paused(why), (str(Paused(why).label), ""))


def old_secret_signs(row: Subscription) -> bool:
    """Return whether the previous secret still signs in addition to the current one."""
    return bool(row.previous_until and row.previous_until > timezone.now())


def shown_address(url: str) -> str:
    """Return a receiver's URL without its query, which may contain a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?…" if parts.query else "") if url else ""
