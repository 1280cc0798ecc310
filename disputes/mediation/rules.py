"""What is allowed when in mediation: pure functions over days, the same for every page, and tried with invented days.

Sources: Procedure of public security organs in administrative cases, Art. 178, 179, 181, 183, 185; rules on
public-security mediation (2007, No. 81), Art. 9; Public Security Administration Punishments Law (2025), Art. 108, 118;
People's Mediation Law, Art. 17. Numbers of days are time limits (``disputes.time_limits``), handed in as ``Last``.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.choices import Side
from disputes.mediation.choices import Agent, Ground, Minors, Offence, Running, StepKind, WayKind
from foundation.words import Words

MOST_SESSIONS = 2  # of public-security mediation (Art. 183)
MOST_EXTENSIONS = 2  # of the time for a case (Punishments Law, Art. 118)
FIRST, SECOND, CASE, EXTENSION, RECEIPT = (
    "mediation-first",
    "mediation-second",
    "case-decision",
    "case-extension",
    "transfer-receipt",
)  # codes of time limits
Still = tuple[dt.date, dt.date | None]  # the first and the last day on which the time for a case stands still
# the last day of a time limit that begins on a day; of a case with so many extensions, and what it stood still
Last = Callable[..., dt.date]

EXCLUSIONS: dict[str, Words] = {
    "hired": gettext_lazy("Somebody was hired to injure"),
    "gang": gettext_lazy("A gang fight or another way of picking quarrels"),
    "repeated": gettext_lazy("The offender has violated public security several times"),
    "unwilling": gettext_lazy("A party clearly does not want mediation"),
    "again": gettext_lazy("During the mediation a party violated the law against the other again"),
    "fled": gettext_lazy("The suspect fled during the mediation"),
    "unfit": gettext_lazy("It is unfit for mediation for another reason"),
}


@dataclass(frozen=True)
class Led:
    """A way with what happened on it. ``sessions``: the days of those held under it, the earliest first.

    ``until_on`` is the day from which another way was taken; ``settled_on`` the day on which all sides agreed.
    """

    kind: WayKind
    from_on: dt.date
    until_on: dt.date | None = None
    on_the_spot: bool = False
    accepted_on: dt.date | None = None
    needs_appraisal: bool = False
    appraised_on: dt.date | None = None
    failed_on: dt.date | None = None
    extended: int = 0
    stood_still: tuple[Still, ...] = ()
    decided_on: dt.date | None = None
    ended_on: dt.date | None = None
    received_on: dt.date | None = None
    settled_on: dt.date | None = None
    sessions: tuple[dt.date, ...] = ()

    @property
    def by_police(self) -> bool:
        """Whether it is public-security mediation."""
        return self.kind == WayKind.PUBLIC_SECURITY

    @property
    def counted_from(self) -> dt.date | None:
        """The day from which the first mediation is counted, None as long as the appraisal is awaited."""
        return self.appraised_on if self.needs_appraisal else self.accepted_on

    @property
    def still_since(self) -> dt.date | None:
        """Since when the time for the case stands still, None if it does not."""
        if not self.stood_still or self.stood_still[-1][1] is not None:
            return None
        return self.stood_still[-1][0]


class No(StrEnum):
    """Why a session of public-security mediation may not be held on a day."""

    OVER = "over"
    AWAITS = "awaits"
    SPOT = "spot"
    THIRD = "third"
    LATE_FIRST = "late_first"
    LATE_SECOND = "late_second"

    @property
    def is_late(self) -> bool:
        """Whether it may be recorded all the same, with the reason why it was late."""
        return self in (No.LATE_FIRST, No.LATE_SECOND)


def case_ends(led: Led, last: Last) -> dt.date:
    """Return the last day of the time for a case that runs: without the days of appraisals and hearings (Art. 118)."""
    return last(CASE, led.failed_on, led.extended, led.stood_still)


def runs(led: Led, last: Last) -> tuple[Running, dt.date | None] | None:
    """Return the clock that runs on a way and its last day; None if none does. One that stands still has no last day.

    The clock of a case goes on when the way changes and when the sides agree: only a decision ends it (Art. 118, 185).
    """
    if led.decided_on is not None:
        return None
    if led.failed_on is not None:
        return (Running.SUSPENDED, None) if led.still_since else (Running.CASE, case_ends(led, last))
    if led.until_on is not None or led.settled_on is not None or led.ended_on is not None:
        return None
    if led.kind == WayKind.TRANSFER:
        return None if led.received_on else (Running.RECEIPT, last(RECEIPT, led.from_on, 0))
    if not led.by_police or led.on_the_spot or led.counted_from is None:
        return None
    if not led.sessions:
        return Running.FIRST, last(FIRST, led.counted_from, 0)
    if len(led.sessions) < MOST_SESSIONS:
        return Running.SECOND, last(SECOND, led.sessions[0], 0)
    return None


def refusal_to_plan(led: Led, on: dt.date) -> No | None:
    """Return why there is no further session on a day under this way, whatever its time limits; None if there may be one."""
    if not led.by_police or (led.settled_on is not None and on > led.settled_on):
        return None
    if led.failed_on is not None and on > led.failed_on:
        return No.OVER
    if len(led.sessions) >= MOST_SESSIONS:
        return No.THIRD
    return No.SPOT if led.on_the_spot and (led.sessions or on != led.from_on) else None


def refusal_of_session(led: Led, on: dt.date, last: Last) -> No | None:
    """Return why a further session may not be held on a day under this way, None if it may. Any order of entry."""
    if no := refusal_to_plan(led, on):
        return no
    if not led.by_police or led.on_the_spot or (led.settled_on is not None and on > led.settled_on):
        return None
    days = sorted((*led.sessions, on))
    if led.counted_from is None or on < led.counted_from:
        return No.AWAITS
    if days[0] == on and on > last(FIRST, led.counted_from, 0):
        return No.LATE_FIRST
    if len(days) > 1 and days[1] > last(SECOND, days[0], 0):
        return No.LATE_SECOND
    return None


def words_of(no: No) -> str:
    """Return a refusal in words."""
    return {
        No.OVER: _("The mediation by the police has failed. It is not repeated; the case is decided."),
        No.AWAITS: _("The case was not accepted then, or its appraisal had not arrived."),
        No.SPOT: _("On the spot there is one mediation, on the day itself (Art. 178)."),
        No.THIRD: _(
            "The police have mediated twice, which is the most (Art. 183). If there is no agreement, record that it failed."
        ),
        No.LATE_FIRST: _(
            "The first mediation is within 3 working days of acceptance or of the appraisal result. Say why it was later."
        ),
        No.LATE_SECOND: _(
            "The second mediation is within 7 working days of the first (Art. 183). Say why it was later."
        ),
    }[no]


def refusals_of_police(
    *,
    exclusions: Sequence[str],
    offence: str,
    ground: str,
    minors: str,
    agent: str,
) -> dict[str, str]:
    """Return why the police may not mediate a case, by field: scope (Art. 178), exclusions (179), minors and agents (181)."""
    found = {}
    if offence not in Offence.values:
        found["offence"] = _("Choose what was done.")
    elif offence == Offence.NONE:
        found["offence"] = _(
            "This is outside what the police may mediate (Art. 178). Choose people's mediation, or transfer it to the court."
        )
    if ground not in Ground.values:
        found["ground"] = _("The police mediate only on one of these three grounds (Art. 178).")
    for number, (code, words) in enumerate(EXCLUSIONS.items(), start=1):
        if code in exclusions:
            said = _("The police may not mediate (Art. 179, item %(number)d): %(words)s.")
            found[f"exclusion_{code}"] = said % {"number": number, "words": words}
    if minors not in Minors.values:
        found["minors"] = _("Say whether a party is a minor (Art. 181).")
    if agent not in Agent.values:
        found["agent"] = _("Say whether somebody is represented (Art. 181).")
    elif agent == Agent.SUSPECT:
        found["agent"] = _("A suspect cannot be represented in the mediation (Art. 181).")
    return found


def refusal_of_officers(number: int, *, is_recorded: bool, is_standard: bool) -> str:
    """Return why so many officers may not hold public-security mediation (Punishments Law, Art. 108); "" if they may."""
    if number >= 2 or (is_recorded and is_standard):
        return ""
    return _("Two officers mediate, or one in standard rooms of the police with a full recording (Art. 108).")


def refusal_to_extend(led: Led, on: dt.date | None, last: Last) -> str:
    """Return why the time for a case may not be extended on a day; "" if it may. ``on`` None: whatever the day."""
    if led.failed_on is None:
        return _("The time for the case does not run yet.")
    if led.decided_on is not None:
        return _("The case was decided already.")
    if led.extended >= MOST_EXTENSIONS:
        return _("It was extended twice already, which is the most (Art. 118).")
    if on is not None and not led.still_since and on > case_ends(led, last):
        return _("The time was over on that day. It is extended before it ends.")
    return ""


def refusal_to_suspend(led: Led, on: dt.date | None, last: Last) -> str:
    """Return why the time for a case may not stand still from a day on; "" if it may. ``on`` None: whatever the day."""
    if led.failed_on is None or (on is not None and on < led.failed_on):
        return _("The time for the case does not run yet.")
    if led.decided_on is not None:
        return _("The case was decided already.")
    if led.still_since:
        return _("The time stands still since %(day)s.") % {"day": led.still_since.isoformat()}
    if on is None:
        return ""
    if led.stood_still and (ended := led.stood_still[-1][1]) and on <= ended:
        return _("The time stood still until %(day)s. Choose a later day.") % {"day": ended.isoformat()}
    if on > case_ends(led, last):
        return _("The time was over on that day.")
    return ""


def refusal_to_resume(led: Led, on: dt.date | None) -> str:
    """Return why the time for a case does not run again from a day on; "" if it does."""
    if not led.still_since or led.decided_on is not None:
        return _("The time for the case does not stand still.")
    if on is not None and on <= led.still_since:
        words = _("The time stands still since %(day)s. Choose a later day.")
        return words % {"day": led.still_since.isoformat()}
    return ""


def still_in(steps: Sequence[tuple[str, dt.date]]) -> tuple[Still, ...]:
    """Return when the time for a case stood still, by its steps in their order: both days included."""
    found: list[Still] = []
    for kind, on in steps:
        is_open = bool(found) and found[-1][1] is None
        if kind == StepKind.SUSPENDED and not is_open:
            found.append((on, None))
        elif kind == StepKind.RESUMED and is_open and on > found[-1][0]:
            found[-1] = (found[-1][0], on - dt.timedelta(days=1))
    return tuple(found)


@dataclass(frozen=True)
class Gap:
    """What the sides had last offered after a session, and how far they were apart; None as long as one said no amount."""

    applicants: Decimal | None
    respondents: Decimal | None

    @property
    def yuan(self) -> Decimal | None:
        """The difference, 0 if the respondents offer as much or more."""
        if self.applicants is None or self.respondents is None:
            return None
        return max(self.applicants - self.respondents, Decimal(0))


def gaps(offers: Sequence[Sequence[tuple[str, Decimal | None]]]) -> list[Gap]:
    """Return the gap after each session, the oldest first. An amount stands until its side says another one."""
    found, now = [], dict[str, Decimal]()
    for session in offers:
        now |= {side: amount for side, amount in session if amount is not None}
        found.append(Gap(now.get(Side.APPLICANT), now.get(Side.RESPONDENT)))
    return found
