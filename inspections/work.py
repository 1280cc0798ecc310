"""Work waiting for the station: hazards to follow up, enterprises to inspect."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    Expression,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Least, NullIf, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enterprises import left_behind
from enterprises.choices import Colour
from enterprises.models import Enterprise
from enterprises.selectors import on_register, serving_liaisons
from facts.declarations import acts_of, work_of
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.work import Next, Offer, Row, Work, register
from foundation.database.composing import PERSON, QUARTER, QUARTER_END, SOON, TODAY
from inspections.access import Permission
from inspections.choices import FindingState, HazardState, Stage
from inspections.drawn_visits import waiting_visits
from inspections.escalating import ABOVE
from inspections.models import (
    Complaint,
    Escalation,
    Forgery,
    Hazard,
    Inspection,
    MajorStage,
    Obstruction,
    Recheck,
)
from inspections.planning.work import WORKS
from inspections.selectors import DEADLINE, MAJOR_TODAY, in_state
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.obstruction_pages import ObstructionPages

MAJOR = Case(When(MAJOR_TODAY, then=Value(True)), default=Value(False), output_field=BooleanField())


def _hazards(condition: Q) -> QuerySet[Hazard]:
    return Hazard.objects.annotate(deadline=DEADLINE, is_major=MAJOR).filter(condition)


def _enterprises(condition: Q) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(on_register(TODAY)).filter(condition)


def _red_and_not_inspected() -> Q:
    inspected = Inspection.objects.filter(
        enterprise=OuterRef("pk"), voided_at=None, inspected_on__gte=QUARTER
    )
    return Q(colour=Colour.RED) & Q(~Exists(inspected))


def _never_inspected() -> Q:
    """Return the condition for enterprises in charge of an officer that the police have never inspected."""
    inspected = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
    return Q(Exists(serving_liaisons())) & Q(~Exists(inspected))


def _person_and_phone() -> Expression:
    """Return whom to call at the enterprise, and the number."""
    person = Coalesce(
        NullIf("enterprise__security_chief", Value("")),
        NullIf("enterprise__responsible_person", Value("")),
        NullIf("enterprise__legal_representative", Value("")),
        Value(""),
    )
    return Concat(person, Value(" "), "enterprise__phone", output_field=CharField())


ESCALATED = Exists(
    Escalation.objects.filter(
        enterprise_id=OuterRef("enterprise_id"),
        record_id=OuterRef("pk"),
        deadline_on=OuterRef("deadline"),
        step__in=ABOVE,
    )
)


def _guarantees_owed() -> QuerySet[Hazard]:
    """Return the open major hazards whose five guarantees were not given yet, with the day on which they are due."""
    later = MajorStage.objects.filter(
        enterprise_id=OuterRef("enterprise_id"),
        record_id=OuterRef("record_id"),
        id__gt=OuterRef("pk"),
        stage__in=(Stage.BEGUN, Stage.GUARANTEES),
    )
    begun = MajorStage.objects.filter(
        ~Exists(later), enterprise_id=OuterRef("enterprise_id"), record_id=OuterRef("pk"), stage=Stage.BEGUN
    )
    rows = _hazards(MAJOR_TODAY & Q(closed_on=None, voided_at=None))
    return rows.annotate(guaranteed_by=Subquery(begun.order_by().values("due_on")[:1])).filter(
        guaranteed_by__isnull=False
    )


def _guarantee_acts(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    """Return the act of entering the guarantees from paper or a call."""
    if not allows(actor, Permission.GOVERN_MAJOR_HAZARDS):
        return {}
    stage = [str(Stage.GUARANTEES)]
    return {
        row.key: Next((Offer(_("Record"), reverse("inspections:hazard_stage", args=[row.key, *stage])),))
        for row in rows
    }


def _rechecks() -> QuerySet[Recheck]:
    return Recheck.objects.filter(outcome=None, lapsed_at=None)


def _to_recheck() -> QuerySet[Hazard]:
    """Return the closed hazards that wait for a re-check by lot, with the day on which it is due."""
    own = _rechecks().filter(enterprise_id=OuterRef("enterprise_id"), record_id=OuterRef("pk"))
    rows = _hazards(Q(closed_on__isnull=False, pk__in=_rechecks().values("record_id")))
    return rows.annotate(recheck_due_on=Subquery(own.order_by().values("due_on")[:1])).filter(
        recheck_due_on__isnull=False
    )


def _overdue() -> QuerySet[Hazard]:
    return _hazards(in_state(HazardState.OVERDUE, TODAY) | in_state(HazardState.REFUSED, TODAY))


_hazard_acts = acts_of(HazardPages())

# enterprises to inspect
_to_inspect = partial(
    Work,
    enterprise="",
    due="next_inspection_on",
    act=_("Inspect by checklist"),
    act_page="inspections:inspection_check",
    act_query="enterprise",
    list_page="enterprises:list",
)


def _drawn() -> QuerySet[Enterprise]:
    """Return the enterprises that were drawn by lot and not inspected since, with the day on which they are due."""
    own = waiting_visits().filter(enterprise_id=OuterRef("pk"))
    rows = _enterprises(Q(pk__in=waiting_visits().values("enterprise_id")))
    return rows.annotate(drawn_due_on=Subquery(own.order_by("due_on").values("due_on")[:1]))


# hazards in one state
_to_follow_up = partial(
    Work,
    text="item",
    more="place",
    grave="is_major",
    page="inspections:hazard",
    acts=_hazard_acts,
    list_page="inspections:hazards",
)

register(
    _to_follow_up(
        code="escalated",
        title=_("Overdue hazards before the chief or the bureau"),
        noun=_("Escalated hazard"),
        icon="trending-up",
        rank=5,
        rows=lambda: _overdue().filter(ESCALATED),
        due="deadline",
    ),
    _to_follow_up(
        code="overdue",
        title=_("Overdue hazards"),
        icon="alert-triangle",
        rank=10,
        rows=lambda: _overdue().filter(~ESCALATED),
        due="deadline",
    ),
    _to_inspect(
        code="red",
        title=_("Red, and not inspected this quarter"),
        noun=_("Red, not inspected this quarter"),
        icon="traffic-lights",
        rank=20,
        rows=lambda: _enterprises(_red_and_not_inspected()),
        due=Least("next_inspection_on", QUARTER_END),
    ),
    _to_inspect(
        code="inspections",
        title=_("Inspections due"),
        noun=_("Inspection due"),
        icon="clipboard-check",
        rank=30,
        rows=lambda: _enterprises(Q(next_inspection_on__lte=SOON)).exclude(_red_and_not_inspected()),
    ),
    _to_inspect(
        code="never_inspected",
        title=_("Never inspected"),
        noun=_("Never inspected"),
        icon="clipboard-plus",
        rank=35,
        rows=lambda: (
            _enterprises(_never_inspected())
            .exclude(_red_and_not_inspected())
            .exclude(next_inspection_on__lte=SOON)
        ),
    ),
    _to_inspect(
        code="drawn",
        title=_("Inspections by lot"),
        noun=_("Inspection by lot"),
        icon="arrows-shuffle",
        rank=25,
        rows=_drawn,
        due="drawn_due_on",
        mine=lambda: Q(
            pk__in=waiting_visits()
            .filter(Q(officer_id=PERSON) | left_behind.for_chief("officer_id"))
            .values("enterprise_id")
        ),
    ),
    _to_follow_up(
        code="reinspection",
        title=_("Waiting for re-inspection"),
        noun=_("Re-inspection"),
        icon="checks",
        rank=40,
        rows=lambda: _hazards(in_state(HazardState.SUBMITTED, TODAY)),
        on="rectified_on",
        on_label=_("submitted"),
    ),
    _to_follow_up(
        code="extension_asked",
        title=_("Extensions asked for"),
        noun=_("Answer a request for an extension"),
        icon="calendar-question",
        rank=45,
        rows=lambda: _hazards(
            (in_state(HazardState.OPEN, TODAY) | in_state(HazardState.OVERDUE, TODAY))
            & Q(extension_asked_on__isnull=False)
        ),
        on="extension_asked_on",
        on_label=_("asked for"),
    ),
    Work(
        code="not_opened",
        title=_("Not opened by the enterprise"),
        noun=_("Nobody at the enterprise has opened it"),
        icon="phone",
        rank=50,
        rows=lambda: _hazards(
            Q(call_from_on__lte=TODAY)
            & (
                in_state(HazardState.OPEN, TODAY)
                | in_state(HazardState.OVERDUE, TODAY)
                | in_state(HazardState.REFUSED, TODAY)
            )
        ),
        text="item",
        more=_person_and_phone(),
        grave="is_major",
        due="call_from_on",
        page="inspections:hazard",
        act=_("Call"),
        act_page="inspections:hazard_call",
        list_page="inspections:hazards",
    ),
    _to_follow_up(
        code="guarantees",
        title=_("Five guarantees to be given for major hazards"),
        noun=_("Five guarantees"),
        icon="shield-check",
        rank=55,
        rows=_guarantees_owed,
        due="guaranteed_by",
        acts=_guarantee_acts,
    ),
    _to_follow_up(
        code="recheck",
        title=_("Re-checks by lot"),
        noun=_("Re-check by lot"),
        icon="eye-check",
        rank=58,
        rows=_to_recheck,
        due="recheck_due_on",
        acts=None,
        act=_("Record the re-check"),
        act_page="inspections:hazard_recheck",
        mine=lambda: Q(
            pk__in=_rechecks()
            .filter(Q(to_id=PERSON) | Q(left_behind.for_chief("to_id"), by_bureau=False))
            .values("record_id")
        ),
    ),
    _to_follow_up(
        code="soon",
        title=_("Hazards due within seven days"),
        icon="clock",
        rank=60,
        rows=lambda: _hazards(in_state(HazardState.OPEN, TODAY) & Q(deadline__lte=SOON)),
        due="deadline",
    ),
    _to_follow_up(
        code="no_deadline",
        title=_("Hazards without a deadline"),
        icon="calendar-question",
        rank=65,
        rows=lambda: _hazards(in_state(HazardState.OPEN, TODAY) & Q(deadline=None, suspended_on=None)),
        on="found_on",
        on_label=_("found"),
    ),
    Work(
        code="complaint",
        title=_("Complaints to answer"),
        noun=_("Complaint about an inspection"),
        icon="message-exclamation",
        rank=15,
        # it is answered whatever becomes of the inspection
        rows=lambda: Complaint.objects.filter(answered_at=None).annotate(
            voided_at=Value(None, output_field=DateTimeField())
        ),
        due="due_on",
        page="inspections:complaint",
        act=_("Answer"),
        act_page="inspections:complaint",
        list_page="inspections:complaints",
        mine=lambda: Q(to_id=PERSON),
    ),
    work_of(
        ForgeryPages(),
        FindingState.SUSPECTED,
        title=_("Forgery to confirm"),
        rank=56,
        text="what",
        on_label=_("found"),
    ),
    replace(
        work_of(
            ForgeryPages(),
            FindingState.CONFIRMED,
            title=_("Findings of forgery to be withdrawn"),
            noun=_("Decide whether a finding of forgery is withdrawn"),
            rank=57,
            text="what",
            on_label=_("asked for"),
            act=_("Decide"),
            act_page="inspections:forgery",
        ),
        code="forgery_withdrawal",
        rows=lambda: Forgery.objects.filter(
            confirmed_on__isnull=False, withdrawn_on=None, withdrawal_asked_at__isnull=False
        ).annotate(asked_on=TruncDate("withdrawal_asked_at")),
        on="asked_on",
        acts=None,
    ),
    replace(
        work_of(
            ObstructionPages(),
            FindingState.SUSPECTED,
            title=_("Obstructions to confirm"),
            rank=58,
            text="what",
            on_label=_("happened"),
        ),
        code="obstructions",
    ),
    replace(
        work_of(
            ObstructionPages(),
            FindingState.CONFIRMED,
            title=_("Obstructions to be withdrawn"),
            noun=_("Decide whether an obstruction is withdrawn"),
            rank=59,
            text="what",
            on_label=_("asked for"),
            act=_("Decide"),
            act_page="inspections:obstruction",
        ),
        code="obstruction_withdrawal",
        rows=lambda: Obstruction.objects.filter(
            confirmed_on__isnull=False, withdrawn_on=None, withdrawal_asked_at__isnull=False
        ).annotate(asked_on=TruncDate("withdrawal_asked_at")),
        on="asked_on",
        acts=None,
    ),
    _to_follow_up(
        code="suspended",
        title=_("Hazards with a suspended deadline"),
        noun=_("Suspended deadline"),
        icon="player-pause",
        rank=66,
        rows=lambda: _hazards(in_state(HazardState.OPEN, TODAY) & Q(suspended_on__isnull=False)),
        on="suspended_on",
        on_label=_("since"),
    ),
)
register(*WORKS)
