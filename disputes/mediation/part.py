"""What the page of a dispute shows of its mediation: the way with its clocks, the sessions with their offers, the team."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from disputes.access import Permission
from disputes.agreements.part import CODE as AGREEMENTS
from disputes.choices import Stage
from disputes.mediation import rules
from disputes.mediation.choices import Running, StepKind
from disputes.mediation.planning import appointments_of
from disputes.mediation.sessions import sessions_of
from disputes.mediation.team import team_of
from disputes.mediation.ways import clock_of, led, steps_possible, stood_still, way_on, ways_of
from disputes.models import Appointment, Dispute, MediationSession, TeamMember, Way
from disputes.parts import Clock, Column, Of, Part, register
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.ui.views import Button
from foundation.words import Words

WAY, SESSIONS, TEAM = "mediation-way", "mediation-sessions", "mediation-team"
ICONS = {
    StepKind.APPRAISED: "microscope",
    StepKind.FAILED: "alert-triangle",
    StepKind.EXTENDED: "calendar-plus",
    StepKind.SUSPENDED: "player-pause",
    StepKind.RESUMED: "player-play",
    StepKind.DECIDED: "gavel",
    StepKind.REFUSED: "hand-stop",
    StepKind.RECEIVED: "mail-check",
    StepKind.RESULT: "file-check",
}
ACTS: dict[StepKind, Words] = {
    StepKind.APPRAISED: gettext_lazy("The appraisal has arrived"),
    StepKind.FAILED: gettext_lazy("The mediation failed"),
    StepKind.EXTENDED: gettext_lazy("Extend the time"),
    StepKind.SUSPENDED: gettext_lazy("The time stands still"),
    StepKind.RESUMED: gettext_lazy("The time runs again"),
    StepKind.DECIDED: gettext_lazy("The case was decided"),
    StepKind.REFUSED: gettext_lazy("A party refuses"),
    StepKind.RECEIVED: gettext_lazy("The receipt arrived"),
    StepKind.RESULT: gettext_lazy("The result arrived"),
}


def may_mediate(of: Of) -> bool:
    """Return whether the reader leads the mediation of this dispute."""
    return allows(of.actor, Permission.MEDIATE_DISPUTES) and not of.dispute.is_voided


def to(name: str, dispute: Dispute, *ids: int) -> str:
    """Return the address of a page of the mediation."""
    return reverse(f"disputes:{name}", args=[dispute.pk, *ids])


@dataclass(frozen=True)
class ShownWay:
    """A way as the page shows it: its steps, the acts on it, its clock."""

    way: Way
    acts: Sequence[Button]
    clock: tuple[Running, dt.date] | None
    still_since: dt.date | None = None
    void_url: str = ""


@register
class WayPart(Part):
    """The way by which the dispute is led, and those before it."""

    code, order, column, template = WAY, 30, "main", "disputes/mediation/_way.html"

    def load(self, actor: Actor, dispute: Dispute) -> list[Way]:
        return ways_of(dispute)

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        ways: list[Way] = of.loaded[self.code]
        may = may_mediate(of)
        if not ways and not may:
            return None
        shown = [self._shown(of, way, may) for way in reversed(ways)]
        return {
            "now": shown[0] if shown else None,
            "before": shown[1:],
            "choose_url": to("way", of.dispute) if may and not of.dispute.closed_on else "",
            "is_settled": bool(of.dispute.settled_on),
            "dispute": of.dispute,
        }

    def _shown(self, of: Of, way: Way, may: bool) -> ShownWay:
        acts = [
            Button(ACTS[kind], to("way_step", of.dispute, way.pk) + f"?step={kind}", ICONS[kind])
            for kind in (steps_possible(of.actor, way, of.dispute) if may else ())
        ]
        still = stood_still(way)
        return ShownWay(
            way,
            acts,
            clock_of(way, of.dispute),
            still[-1][0] if still and way.running == Running.SUSPENDED else None,
            to("way_void", of.dispute, way.pk) if may else "",
        )

    def clocks(self, of: Of) -> Iterable[Clock]:
        for way in of.loaded[self.code]:
            if found := clock_of(way, of.dispute):
                running, due_on = found
                yield Clock(running.label, due_on, _counted(way))

    def stage(self, of: Of) -> Stage | None:
        return Stage.MEDIATION if any(way.from_on <= of.today for way in of.loaded[self.code]) else None

    def buttons(self, of: Of) -> Iterable[Button]:
        if may_mediate(of) and not of.loaded[self.code] and not of.dispute.settled_on:
            yield Button(_("Choose the way"), to("way", of.dispute), "route", dialog=False)


def _counted(way: Way) -> str:
    """Return how the clock of a way is counted, in words: also how long it stood still."""
    words = _("%(way)s, as the law counts") % {"way": way}
    days = sum((last - first).days + 1 for first, last in stood_still(way) if last)
    if not days:
        return words
    more = ngettext("it stood still for %(days)d day", "it stood still for %(days)d days", days)
    return f"{words} · {more % {'days': days}}"


@dataclass(frozen=True)
class ShownSession:
    """A session as the page shows it: its number, and how far the sides were apart after it."""

    session: MediationSession
    number: int
    gap: rules.Gap
    url: str


@dataclass(frozen=True)
class Planned:
    """A planned session and what may be done with it."""

    appointment: Appointment
    acts: Sequence[Button]
    is_past: bool


def shown_sessions(dispute: Dispute, sessions: Sequence[MediationSession]) -> list[ShownSession]:
    """Return sessions, the latest first, with their numbers and gaps."""
    oldest = list(reversed(sessions))
    gaps = rules.gaps([[(said.side, said.amount) for said in each.offered] for each in oldest])
    found = [
        ShownSession(each, number, gap, to("session", dispute, each.pk))
        for number, (each, gap) in enumerate(zip(oldest, gaps, strict=True), start=1)
    ]
    return found[::-1]


@register
class SessionsPart(Part):
    """The sessions: those to come, and those that were held with their offers, newest first."""

    code, order, column, template = SESSIONS, 32, "main", "disputes/mediation/_sessions.html"

    def load(self, actor: Actor, dispute: Dispute) -> tuple[list[MediationSession], list[Appointment]]:
        return sessions_of(dispute), appointments_of(dispute)

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        sessions, appointments = of.loaded[self.code]
        may = may_mediate(of)
        if not sessions and not appointments and not may:
            return None
        no = self._used_up(of)
        is_full = no not in (None, rules.No.OVER)  # of what failed an earlier session can still be entered
        return {
            "sessions": shown_sessions(of.dispute, sessions),
            "planned": [self._planned(of, each, may) for each in appointments],
            "record_url": to("session_new", of.dispute) if may and not is_full else "",
            "used_up": rules.words_of(no) if no and is_full and may and self._agrees(of) else "",
            "plan_url": to("session_plan", of.dispute) if may and not of.dispute.closed_on else "",
        }

    def _used_up(self, of: Of) -> rules.No | None:
        """Return why the police hold no further session: they have mediated as often as they may, or it has failed."""
        sessions, _appointments = of.loaded[self.code]
        way = way_on(of.loaded[WAY], of.today)
        now = led(way, of.dispute, [each.on for each in sessions]) if way else None
        if now is None or not now.by_police or now.settled_on is not None:
            return None
        return rules.No.OVER if now.failed_on else rules.refusal_to_plan(now, now.from_on)

    def _agrees(self, of: Of) -> bool:
        """Whether the sides have still to agree, or to fail."""
        return not of.dispute.settled_on and of.loaded[AGREEMENTS].in_force is None

    def _planned(self, of: Of, each: Appointment, may: bool) -> Planned:
        acts = []
        if may:
            record = f"{to('session_new', of.dispute)}?appointment={each.pk}"
            acts = [
                *(
                    [Button(_("Record it"), record, "pencil-plus", dialog=False)]
                    if each.on <= of.today
                    else ()
                ),
                Button(pgettext("session", "Move"), to("session_move", of.dispute, each.pk), "calendar-time"),
                Button(_("Cancel it"), to("session_cancel", of.dispute, each.pk), "calendar-off"),
            ]
        return Planned(each, acts, each.on < of.today)

    def clocks(self, of: Of) -> Iterable[Clock]:
        sessions, appointments = of.loaded[self.code]
        for each in appointments:
            said = f"{each.begins_at:%H:%M}–{each.ends_at:%H:%M} · {each.place}"
            record = f"{to('session_new', of.dispute)}?appointment={each.pk}"
            yield Clock(_("Planned session"), each.on, said, record if may_mediate(of) else "")
        if sessions and sessions[0].next_on and not of.dispute.settled_on and not appointments:
            latest = sessions[0]
            yield Clock(
                _("Next step"), latest.next_on, latest.next_step, to("session", of.dispute, latest.pk)
            )

    def stage(self, of: Of) -> Stage | None:
        sessions, _appointments = of.loaded[self.code]
        return Stage.MEDIATION if sessions else None

    def buttons(self, of: Of) -> Iterable[Button]:
        _sessions, appointments = of.loaded[self.code]
        if not may_mediate(of):
            return
        ways: list[Way] = of.loaded[WAY]
        is_case = bool(ways) and ways[-1].running in (Running.CASE, Running.SUSPENDED)
        is_open = not of.dispute.settled_on and not is_case
        due = next((each for each in appointments if each.on <= of.today), None)
        if due:
            record = f"{to('session_new', of.dispute)}?appointment={due.pk}"
            yield Button(_("Record the session"), record, "pencil-plus", dialog=False)
            return
        if no := self._used_up(of):
            if no != rules.No.OVER and self._agrees(of) and allows(of.actor, Permission.RECORD_AGREEMENTS):
                url = reverse("disputes:agreement_create", args=[of.dispute.pk])
                yield Button(_("Record the agreement"), url, "signature", dialog=False, is_primary=is_open)
            return
        if of.dispute.closed_on:
            return
        yield Button(
            _("Plan a session"),
            to("session_plan", of.dispute),
            "calendar-plus",
            dialog=False,
            is_primary=is_open and not appointments,
        )


@register
class TeamPart(Part):
    """The mediation team, in the side column."""

    code, order, template = TEAM, 40, "disputes/mediation/_team.html"
    column: Column = "side"

    def load(self, actor: Actor, dispute: Dispute) -> list[TeamMember]:
        return team_of(dispute)

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        team: list[TeamMember] = of.loaded[self.code]
        may = may_mediate(of)
        if not team and not may:
            return None
        return {
            "team": [(each, to("member", of.dispute, each.pk) if may else "") for each in team],
            "invite_url": to("member_new", of.dispute) if may else "",
        }
