"""Pages of hazards: the board by state and the record; HAZARD_LIFE has the acts."""

from copy import copy
from dataclasses import replace
from typing import Any

from django.db.models import F, QuerySet
from django.forms import BaseForm
from django.http import Http404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.concerned import officers_phones
from facts.models import FactStep
from facts.own import is_by_enterprise
from facts.staff.changing import FactCorrect, FactVoid
from facts.staff.pages import FactPages
from facts.staff.views import SHOWN_ENTRIES, FactBoard, FactCreate, FactRecord, OfFact
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import action_of, kind_of_model
from foundation.deadlines.counting import Unit
from foundation.deadlines.selectors import changes_of
from foundation.deadlines.showing import Shown
from foundation.deadlines.views import CountForm
from foundation.deadlines.words import length_in_words
from foundation.ui.views import Button, RecordPage
from foundation.words import Words, between_sentences, listed
from inspections import bulk, major, operations, orders, selectors
from inspections.access import Permission
from inspections.answers import answer_rule, receipt_of, request_of
from inspections.calling import note_seen
from inspections.choices import HazardState, Origin, Severity
from inspections.deadlines import Counted, counted_deadline
from inspections.decisions import without_paper
from inspections.escalating import rungs_of
from inspections.first_deadline import suggestion
from inspections.items import items_in_force
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from inspections.moving import refusal_to_move, says_governed
from inspections.papers import ORDER
from inspections.seen_again import visits_that_saw
from inspections.staff import forms, tables
from inspections.staff.answer_pages import AddFiles, AnswerExtension, AskExtension, Submit
from inspections.staff.board import HazardLanes, ItemPicker, without_places
from inspections.staff.call_pages import HazardCallPage
from inspections.staff.course import WAITS_FOR_ENTERPRISE, clocks_of, stages_of, strip_of
from inspections.staff.decision_pages import HazardCover, HazardDecision
from inspections.staff.item_pages import HazardProposal, ItemInput, ItemsEdit, ItemsPage, propose_in
from inspections.staff.major_pages import LiftPage, ListPage, StagePage
from inspections.staff.move_pages import HazardMove
from inspections.staff.order_pages import HazardOrder
from inspections.staff.panels import panels_of
from inspections.staff.position_pages import HazardPosition, PlacePicker, PlacePickerAt, place_input
from inspections.staff.recheck_pages import RecheckDraw, RecheckHandOver, RecheckPage
from inspections.staff.recount_pages import RecountConfirm, RecountList
from inspections.staff.responsible_pages import ResponsiblePage
from papers.access import Permission as PaperPermission
from papers.models import Paper
from papers.selectors import papers_of

KIND = kind_of_model(Hazard)
READ_BY_ENTERPRISE = ("suspend", "resume", "reopen")
# the person of the enterprise for whom an officer enters an act, by its code
ENTERED_FOR = {"rectify": "submitted_by", "ask_extension": "extension_asked_by"}


def counted_in_words(counted: Counted) -> str:
    """Return how many days of its own a deadline has."""
    if counted.count and counted.count.length.unit is Unit.CALENDAR:
        words = ngettext(
            "%(number)d calendar day after the first day, which is not counted.",
            "%(number)d calendar days after the first day, which is not counted.",
            counted.number,
        )
    else:
        words = ngettext(
            "%(number)d working day after the first day, which is not counted.",
            "%(number)d working days after the first day, which is not counted.",
            counted.number,
        )
    return words % {"number": counted.number}


class HazardBoard(FactBoard):
    """Hazards by state, soonest deadline first."""

    template_name = "inspections/hazards.html"
    bulk_acts = bulk.ACTS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = without_places(self.request.GET).urlencode()
        return super().get_context_data(
            other_url=""
            if self.actor.is_enterprise
            else f"{self.pages.url('board')}?{query}".removesuffix("?"),
            **context,
        )

    def get_queryset(self) -> QuerySet[Hazard]:
        rows = super().get_queryset()
        if self.state == self.everything and not self.request.GET.get("work"):
            return rows.order_by("-found_on", "-pk")
        if self.state == self.unfinished and self.actor.is_enterprise:
            # what was refused comes first, what waits for the police last
            first = (F("rectified_on").asc(nulls_first=True), F("refused_on").asc(nulls_last=True))
            return rows.order_by(*first, "deadline", "pk")
        return rows.order_by(
            *(("-closed_on", "-pk") if self.state == HazardState.CLOSED else ("deadline", "pk"))
        )

    def get_counts(self) -> dict[str, int]:
        return super().get_counts() if self.is_filtered else selectors.hazard_counts(self.actor)


class HazardCreate(FactCreate):
    """A new hazard, found by the inspection whose page links here, or by none."""

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        initial = super().get_initial() | {"inspection": asked.get("inspection", "")[:19]}
        if asked.get("item"):  # of a failed item that has no hazard yet
            initial["item"] = asked["item"][:200]
        return initial | ({"found_on": asked["found_on"][:10]} if asked.get("found_on") else {})

    def get_form(self, form_class: Any = None) -> BaseForm:
        """Propose the deadline, which the police must set."""
        form = super().get_form(form_class)
        items = items_in_force(self.actor)
        if "item" in form.fields:
            form.fields["item"].widget = ItemInput(items)
        if "place" in form.fields:
            form.fields["place"].widget = place_input(self.actor.enterprise_id)
        if self.actor.is_police:
            asked = CountForm({"start": form["found_on"].initial})  # the address may name any text as the day
            start = asked.cleaned_data["start"] if asked.is_valid() else None
            typed = str(form["item"].value() or "")
            propose_in(form, suggestion(self.actor, items, typed, start), day="found_on")
            form.fields["due_reason"] = forms.due_reason_field()
            form.order_fields(forms.beside(form.fields, "due_reason", "due_on"))
        return form

    def perform(self, form: Any) -> Hazard:
        values = self.values(form)
        number = values.pop("inspection", None)
        if number:  # of another enterprise or not visible: the hazard then has no inspection
            found = selectors.list_inspections(self.actor, enterprise_id=form.enterprise_id)
            values["inspection"] = found.filter(pk=number).first()
        return operations.create_hazard(actor=self.actor, enterprise_id=form.enterprise_id, **values)


class HazardRecord(FactRecord):
    """A hazard, with the inspection that found it, what was answered, and for the enterprise whom to call."""

    template_name = "inspections/hazard.html"
    record: Hazard

    def find_record(self) -> Hazard:
        return selectors.hazard_for_page(self.actor, self.kwargs["id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        hazard = self.record
        operations.note_opened(actor=self.actor, hazard=hazard)
        note_seen(actor=self.actor, hazard=hazard)
        # what several parts of the page need is read once
        hazard.acts_read = self.log if self.actor.is_enterprise else None
        changes = changes_of(self.actor)
        setback = selectors.setbacks(self.actor, [hazard], {hazard.pk: self.log}, self.steps).get(hazard.pk)
        papers = papers_of(self.actor, enterprise_id=hazard.enterprise_id, kind=orders.KIND, ids=[hazard.pk])
        order = next((each for each in papers if each.is_valid and each.form == ORDER.code), None)
        may_order = (
            allows(self.actor, PaperPermission.ISSUE_PAPERS)
            and orders.may_be_ordered(hazard)
            and order is None
        )
        answer = answer_rule(self.actor, hazard, changes)
        receipt = receipt_of(hazard, answer)
        counted = None
        if not hazard.on_the_spot:
            counted = counted_deadline(self.actor, hazard, self.steps, changes)
        answer_by = answer.from_day(hazard.rectified_on).last_on if answer and hazard.rectified_on else None
        is_whole_log = len(self.log) < SHOWN_ENTRIES  # as nearly always: then it says whether there is one
        may_be_listed = not self.actor.is_police or not is_whole_log or major.says_listed(self.log)
        listings = major.listings_of(hazard) if may_be_listed else []
        context = super().get_context_data(
            setback=setback,
            setback_phone=self.phones.get(setback.by, "") if setback else "",
            receipt=receipt,
            stages=stages_of(
                hazard,
                actor=self.actor,
                steps=self.steps,
                order=order,
                answer_by=answer_by,
                is_own_turn=self.is_own_turn,
            ),
            clocks=clocks_of(
                hazard,
                counted=counted,
                answer_by=answer_by,
                answer_unit=answer.unit if answer else Unit.WORKING,
            ),
            counted=counted,
            counted_words=counted_in_words(counted) if counted else "",
            strip=strip_of(hazard, counted, timezone.localdate()),
            turn=self.get_turn(),
            panels=list(panels_of(self.actor, hazard, self.log)),
            seen_by=visits_that_saw(self.actor, hazard, self.log),
            under_way=self.get_under_way(),
            asked=request_of(self.actor, hazard, self.steps, changes),
            papers=papers,
            rungs=rungs_of(self.actor, hazard, changes),
            governance=major.governance_of(self.actor, hazard),
            listings=listings,
            is_listed=any(each.lifted_on is None for each in listings),
            may_list=allows(self.actor, Permission.LIST_HAZARDS),
            may_order=may_order,
            **self.get_papers_to_make(papers),
            **context,
        )
        # the two that lead on stand out, and at the thumb of who has a phone
        context["first_buttons"] = context["buttons"][:2]
        context["rest"] = [replace(each, is_primary=False) for each in context["buttons"][2:]]
        if hazard.on_the_spot:  # it was closed before any deadline
            deadline = hazard._meta.get_field("due_on").verbose_name
            context["rows"] = [row for row in context["rows"] if row["label"] != deadline]
        return context

    def get_papers_to_make(self, papers: list[Paper]) -> dict[str, Any]:
        """Return what the police can make on paper: the latest decision without one, and the cover of the file."""
        if not self.actor.is_police:
            return {}
        waiting = []
        if allows(self.actor, PaperPermission.ISSUE_PAPERS) and not self.record.is_voided:
            waiting = without_paper(self.record, papers, self.steps)
        return {"decision": waiting[0] if waiting else None, "has_cover": True}

    def get_buttons(self) -> list[Button]:
        return self.possible

    @cached_property
    def possible(self) -> list[Button]:
        """What can be done now. Asking it takes several queries."""
        found = super().get_buttons()
        hazard = self.record
        may_move = allows(self.actor, Permission.MOVE_HAZARDS) and not refusal_to_move(
            hazard, [copy(each) for each in self.steps]
        )
        is_theirs = bool(self.log) and is_by_enterprise(self.log[-1])
        if may_move and not is_theirs and not self.own_decision and not says_governed(self.log):
            url = reverse("inspections:hazard_move", args=[hazard.pk])
            found.append(Button(_("Move to another enterprise"), url, "arrow-right", dialog=False))
        return found

    @cached_property
    def phones(self) -> dict[str, str]:
        """The telephone numbers of the officers of the station, for the enterprise's people."""
        return officers_phones(self.actor, self.record.station_id) if self.actor.is_enterprise else {}

    def who_acted(self, entry: AuditEntry, step: FactStep | None) -> str:
        """Return who acted; of an act of the enterprise that an officer entered both, of an officer the telephone."""
        name = super().who_acted(entry, step)
        phone = "" if is_by_enterprise(entry) else self.phones.get(name, "")
        reporter = ENTERED_FOR.get(step.act) if step else None
        told = step.values.get(reporter) if step and reporter else ""
        if told and not is_by_enterprise(entry):
            name = _("%(person)s, entered by %(officer)s") % {"person": told, "officer": name}
        return f"{name} · {phone}" if phone else name

    def get_under_way(self) -> dict[str, Any] | None:
        """Return what the enterprise has submitted that is not complete, and what is missing."""
        last = next(iter(self.record.submissions), None) if self.actor.is_enterprise else None
        if not (last and last.is_under_way and self.may_submit):
            return None
        if last.version != self.record.version:  # something has happened since
            return None
        return {
            "missing": listed(operations.missing_files(last)),
            "at": last.declared_at,
            "url": self.pages.url("rectify", self.record.pk),
        }

    @cached_property
    def is_own_turn(self) -> bool:
        """Whether what is next is the reader's to do."""
        state = self.record.state
        if self.actor.is_enterprise:
            return state in WAITS_FOR_ENTERPRISE and self.may_submit
        close = self.pages.url("close", self.record.pk)
        return state is HazardState.SUBMITTED and any(each.url == close for each in self.get_buttons())

    def get_turn(self) -> Words:
        """Return whose turn it is, above what can be done."""
        hazard, state = self.record, self.record.state
        if state is HazardState.CLOSED:
            return _("This hazard is closed.")
        if hazard.waits_for_answer:
            asked = _("Your turn: answer the request for an extension")
            return _("Waiting for the station's answer") if self.actor.is_enterprise else asked
        if state is HazardState.SUBMITTED:
            if self.is_own_turn:
                return _("Your turn: re-inspect it")
            if self.actor.is_enterprise:
                return _("Waiting for the station to re-inspect it")
            return _("Waiting for a colleague to re-inspect it")
        if self.actor.is_enterprise:
            return _("Your turn: put it right and submit it")
        return _("Waiting for the enterprise to put it right")

    @property
    def may_submit(self) -> bool:
        return not HAZARD_LIFE.refusal(HAZARD_LIFE.acts["rectify"], self.record, self.actor)


class HazardDeadline(OfFact, RecordPage):
    """How the deadline of a hazard was counted, day by day."""

    template_name = "inspections/hazard_deadline.html"
    title = _("How the deadline was counted")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counted = counted_deadline(self.actor, self.record)
        if counted is None or self.record.on_the_spot:
            raise Http404("there is no deadline")
        moves = [
            {
                "words": action.words
                if (action := action_of(kind_of_model(Hazard).action(step.act)))
                else step.act,
                "on": step.on,
                "last_on": step.values.get("extended_due_on") or step.values.get("due_on"),
                # the reason of an extension is written for colleagues
                "reason": step.reason if self.actor.is_police or step.act in READ_BY_ENTERPRISE else "",
            }
            for step in counted.moves
        ]
        return super().get_context_data(
            counted=counted,
            counted_words=counted_in_words(counted),
            rule_words=length_in_words(counted.rule.length),
            shown=Shown(counted.count, timezone.localdate()) if counted.count else None,
            moves=moves,
            may_recount=allows(self.actor, Permission.RECOUNT_HAZARDS),
            **context,
        )


class HazardCorrect(FactCorrect):
    """Leads to the inspection that found it, where its day is corrected."""

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if "place" in form.fields:
            form.fields["place"].widget = place_input(self.record.enterprise_id)
        if self.record.inspection_id:
            form.fields.pop("origin", None)  # the police found it
        if self.record.inspection_id and self.actor.is_police and "found_on" in form.fields:
            form.fields["found_on"].help_text = format_html(
                '{}{}<a href="{}" data-unguard>{}</a>',
                _("It is the day of the inspection that found it:"),
                between_sentences(),
                reverse("inspections:inspection", args=[self.record.inspection_id]),
                self.record.inspection,
            )
        return form


class HazardVoid(FactVoid):
    """Asks what the inspection concludes without its last hazard."""

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        visit = selectors.visit_left_empty(self.actor, self.record)
        if visit:
            form.fields["conclusion"] = forms.ConclusionField(visit)
        return form


class HazardPages(FactPages):
    """Hazards by state, soonest deadline first."""

    model, permission, icon, life = Hazard, Permission.VIEW_HAZARDS, "alert-triangle", HAZARD_LIFE
    prefix, noun, nouns = "hazards/", "hazard", "hazards"
    has_before_and_after = True
    fields = ("item", "place", "found_on", "due_on", "origin", "reported_on", "description", "note")
    correct_fields = (
        *("item", "place", "description", "origin", "found_by", "reported_on", "found_on", "due_on"),
        "extended_due_on",
        *(
            "extension_granted_on",
            "major_from_on",
            "major_until_on",
            "rectified_on",
            "closed_on",
            "refused_on",
            "note",
        ),
    )
    shown = (
        *(*correct_fields[:8], "due_reason", "suspended_on"),
        *(*correct_fields[8:-1], "submitted_by", "on_the_spot", "note"),
    )
    half = tuple(name for name in correct_fields if name not in ("description", "note"))
    portal_fields = operations.OWN_HAZARD
    new_form, correction_form = forms.NewHazardForm, forms.HazardCorrectionForm
    table, filter = tables.HazardTable, tables.HazardFilter
    writes = operations.HAZARD_WRITES
    list_view, create_view, record_view = HazardBoard, HazardCreate, HazardRecord
    correct_view, void_view = HazardCorrect, HazardVoid
    add_view = AddFiles
    act_views = {
        "rectify": Submit,
        "ask_extension": AskExtension,
        "extend": AnswerExtension,
        "decline_extension": AnswerExtension,
    }

    title = _("Hazards")
    new_label = _("Record a hazard")
    saved = _("The hazard was recorded.")
    empty_title = _("No hazards")
    empty_text = _("No hazard is in this state.")

    def urls(self) -> list[URLPattern]:
        deadline = HazardDeadline.as_view(pages=self, permission=self.permission)
        order = HazardOrder.as_view(pages=self, permission=PaperPermission.ISSUE_PAPERS)
        decision = HazardDecision.as_view(pages=self, permission=PaperPermission.ISSUE_PAPERS)
        cover = HazardCover.as_view(pages=self, permission=PaperPermission.VIEW_REGISTER)
        call = HazardCallPage.as_view(pages=self, permission=Permission.CALL_ABOUT_HAZARDS)
        responsible = ResponsiblePage.as_view(pages=self, permission=Permission.NAME_RESPONSIBLE)
        move = HazardMove.as_view(pages=self, permission=Permission.MOVE_HAZARDS)
        recheck = RecheckPage.as_view(pages=self, permission=Permission.RECHECK_HAZARDS)
        hand_over = RecheckHandOver.as_view(pages=self, permission=Permission.DRAW_RECHECKS)
        lanes = HazardLanes.as_view(pages=self, permission=Permission.VIEW_HAZARD_BOARD)
        return [
            path("hazards/board/", lanes, name="hazard_board"),
            path("hazards/items/", ItemPicker.as_view(), name="pick_item"),
            path("hazards/places/", PlacePicker.as_view(), name="pick_place"),
            path("hazards/places/<int:enterprise_id>/", PlacePickerAt.as_view(), name="pick_place_at"),
            path("hazards/proposal/", HazardProposal.as_view(), name="hazard_proposal"),
            path("hazards/list/", ItemsPage.as_view(), name="items"),
            path("hazards/list/change/", ItemsEdit.as_view(), name="items_edit"),
            path("hazards/<int:id>/deadline/", deadline, name="hazard_deadline"),
            path("hazards/<int:id>/order/", order, name="hazard_order"),
            path("hazards/<int:id>/decision/", decision, name="hazard_decision"),
            path("hazards/<int:id>/cover/", cover, name="hazard_cover"),
            path("hazards/<int:id>/call/", call, name="hazard_call"),
            path("hazards/<int:id>/recheck/", recheck, name="hazard_recheck"),
            path("hazards/<int:id>/recheck/hand-over/", hand_over, name="hazard_recheck_hand_over"),
            path("hazards/rechecks/draw/", RecheckDraw.as_view(), name="recheck_draw"),
            path("hazards/<int:id>/responsible/", responsible, name="hazard_responsible"),
            path(
                "hazards/<int:id>/major/<slug:stage>/",
                StagePage.as_view(pages=self, permission=Permission.GOVERN_MAJOR_HAZARDS),
                name="hazard_stage",
            ),
            path(
                "hazards/<int:id>/supervise/",
                ListPage.as_view(pages=self, permission=Permission.LIST_HAZARDS),
                name="hazard_supervise",
            ),
            path(
                "hazards/<int:id>/lift/",
                LiftPage.as_view(pages=self, permission=Permission.LIST_HAZARDS),
                name="hazard_lift",
            ),
            path("hazards/<int:id>/move/", move, name="hazard_move"),
            path(
                "hazards/<int:id>/position/",
                HazardPosition.as_view(pages=self, permission=Permission.MANAGE_KEY_POSITIONS),
                name="hazard_position",
            ),
            path("hazards/recounts/", RecountList.as_view(), name="recounts"),
            path("hazards/recounts/confirm/", RecountConfirm.as_view(), name="recount_confirm"),
            *super().urls(),
        ]

    def annotated(self, rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
        return rows.annotate(deadline=selectors.DEADLINE)

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"found_on": timezone.localdate(), "origin": Origin.POLICE}

    def summary(self, fact: Hazard) -> dict[str, Any]:
        return super().summary(fact) | {
            "due_on": fact.deadline_on,
            "done": fact.state in (HazardState.CLOSED, HazardState.SUBMITTED),
            "is_major": fact.severity is Severity.MAJOR,
            "also": _("Extension asked for") if fact.waits_for_answer else "",
        }
