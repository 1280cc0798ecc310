"""The pages of every kind of fact, on the kit: list, new, record. Those that change a record: ``facts.staff.changing``.

``pages`` is the kind's declaration (:class:`facts.staff.pages.FactPages`). A kind that needs something else subclasses
a view and names it there.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.selectors import own_inactivity
from facts import four_eyes
from facts.access import Verb, sibling
from facts.doubting import doubt_url
from facts.lives import AWAY, AWAY_CHOICE, Act, Missing
from facts.models import Fact, FactStep
from facts.operations import FROM_A_FORM, AlreadyRecorded
from facts.own import refusal_of_own
from facts.selectors import acts_on, enterprise_or_none, get_fact, log_of
from facts.staff.history import fields_of, history_of, shown_to_enterprise
from facts.staff.shown_files import files_of
from facts.steps import steps_of
from foundation.accounts import audit_words
from foundation.accounts.access import allows
from foundation.accounts.models import AuditEntry
from foundation.contributions.origins import told_of
from foundation.ui.forms import FORM_KEY, key_of
from foundation.ui.views import (
    Button,
    CreatePage,
    Crumb,
    ListPage,
    OfRecord,
    Page,
    RecordPage,
)
from foundation.words import Words

if TYPE_CHECKING:
    from facts.staff.pages import FactPages

SHOWN_ENTRIES = 100  # of the audit log on a record's page


class FactView(Page):
    """A page of one kind of fact."""

    pages: "FactPages" = None  # type: ignore[assignment]  # given by FactPages.urls()
    permission = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(pages=self.pages, list_url=self.pages.url("list"), **context)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.pages.title, self.pages.url("list"))]


class FactList(FactView, ListPage):
    """The list of a kind."""

    @property
    def filterset_class(self) -> Any:
        return self.pages.filter_class

    @property
    def table_class(self) -> Any:
        return self.pages.table_class

    def get_title(self) -> Words:
        return self.pages.title

    def get_trail(self) -> list[Crumb]:
        return []

    def get_queryset(self) -> QuerySet[Any]:
        rows = self.pages.rows(self.actor)
        return rows.select_related("enterprise", "station") if len(self.actor.stations) > 1 else rows

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def reads_in_order(self) -> bool:
        """Of some filters PostgreSQL expects few rows; their own order, latest first, has an index."""
        given, narrowing = self.request.GET, self.filterset_class.expected_to_find_few
        return "sort" not in given and any(given.getlist(name) for name in narrowing)

    def get_tabs(self) -> list[dict[str, Any]]:
        return self.pages.tabs(self.actor)

    @cached_property
    def is_own_away(self) -> bool:
        """Whether these are the records of the actor's own enterprise, and it is not on the register."""
        return own_inactivity(self.actor) is not None

    def may_create(self) -> bool:
        return allows(self.actor, sibling(self.pages.permission, Verb.RECORD)) and not self.is_own_away

    def get_create_url(self) -> str:
        return self.pages.url("create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "create_label": self.pages.new_label,
            "icon": self.pages.icon,
            "empty_title": self.pages.empty_title,
            "empty_text": self.pages.empty_text,
        }


class FactBoard(FactList):
    """The list of a kind with a life: a tab for each state, one for all that is unfinished, and one for all.

    It opens on what is unfinished, so that nothing overdue is hidden behind another tab.
    """

    kept = choices = ("state",)
    everything, unfinished = "all", "unfinished"

    @property
    def state(self) -> str:
        """The state in the URL, AWAY, or what is unfinished; for a section of Today, which may have several, all."""
        states = list(self.pages.life.states) if self.pages.life else []
        first = self.everything if self.request.GET.get("work") else self.unfinished
        if self.is_own_away:  # all that is unfinished rests
            first = AWAY
        return self.asked_for("state", (*states, AWAY, self.unfinished, self.everything), first)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.state == self.everything or self.pages.life is None:
            return rows
        states = self.pages.life.live if self.state == self.unfinished else [self.state]
        return rows.filter(self.pages.life.listed(*states))

    def get_counts(self) -> dict[str, int]:
        """Return the number of records in each state from which an act is possible, of those that the filters leave."""
        life = self.pages.life
        if life is None:
            return {}
        rows = self.pages.rows(self.actor).select_related(None)
        if self.is_filtered:
            rows = self.filterset.filter_queryset(rows) if self.filterset.is_valid() else rows.none()
        return life.count_live(rows)

    def address_of(self, state: str) -> str:
        """Return the URL of a tab, with the filters of this one."""
        query = self.request.GET.copy()
        query.pop("page", None)
        query["state"] = state
        return f"?{query.urlencode()}"

    def get_tabs(self) -> list[dict[str, Any]]:
        counts, address = self.get_counts(), self.address_of
        live = self.pages.life.live if self.pages.life else []
        unfinished = {
            "label": _("All unfinished"),
            "url": address(self.unfinished),
            "active": self.state == self.unfinished,
            "count": sum(counts.get(str(code), 0) for code in live),
        }
        states = self.pages.life.states.items() if self.pages.life else ()
        tabs: list[dict[str, Any]] = [
            {
                "label": state.tab or state.code.label,
                "url": address(code),
                "active": self.state == code,
                "count": counts.get(code, ""),
            }
            for code, state in states
            if not state.rare or counts.get(code) or self.state == code
        ]
        if counts.get(AWAY) or self.state == AWAY:
            away = {"label": AWAY_CHOICE[1], "url": address(AWAY), "count": counts.get(AWAY, 0)}
            tabs.append(away | {"active": self.state == AWAY})
        every = {"label": _("All"), "url": address(self.everything), "count": ""}
        return [unfinished, *tabs, every | {"active": self.state == self.everything}]


class OfFact(FactView, OfRecord):
    """A page about one record of the kind."""

    def find_record(self) -> Fact:
        return get_fact(self.actor, self.pages.model, self.kwargs["id"])

    def get_back_url(self) -> str:
        return self.pages.url("detail", self.record.pk)

    def get_trail(self) -> list[Crumb]:
        above = [*super().get_trail(), Crumb(self.record, self.get_back_url())]
        return above if self.actor.is_enterprise else [*above, Crumb(self.record.enterprise.name)]

    def get_about(self) -> str:
        """Return the record and, for the police, its enterprise."""
        return (
            str(self.record) if self.actor.is_enterprise else f"{self.record} · {self.record.enterprise.name}"
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(fact=self.record, enterprise=self.record.enterprise, **context)


class FactRecord(OfFact, RecordPage):
    """One record: its state, its fields, the possible acts and why others are not, its history."""

    template_name = "facts/detail.html"

    def get_buttons(self) -> list[Button]:
        fact = self.record
        if fact.is_voided:
            return []
        acts = [
            Button(
                act.wording_for(fact.state).label,
                self.pages.url(act.slug, fact.pk),
                act.icon,
                act.danger,
                dialog=self.pages.view_of(act).in_dialog,
                is_primary=not (act.minor or act.reopens),
            )
            for act in self.possible_acts
            if allows(self.actor, act.permission)
        ]
        return [*acts, *self.pages.links(self.actor, fact)]

    @cached_property
    def possible_acts(self) -> list[Act]:
        """The acts that the operations would take from the actor now."""
        life = self.pages.life
        return life.possible(self.record, self.actor, lambda *_: self.own_decision) if life else []

    @cached_property
    def own_decision(self) -> str:
        """Why the actor may not decide about the record; empty if the actor may. Several acts ask it."""
        return four_eyes.refusal(self.actor, self.record, self.steps if self.pages.life else None)

    def get_missing(self) -> list[Missing]:
        """Return the acts that the actor's role may do, but not with this record now."""
        fact, life = self.record, self.pages.life
        if fact.is_voided or life is None:
            return []
        # what only somebody else may do is said by get_by_another()
        possible = [act for act in life.possible(fact) if act.by_another] + self.possible_acts
        return [
            life.missing(act, fact, self.actor)
            for act in life.acts.values()
            if act not in possible and allows(self.actor, act.permission)
        ]

    def get_by_another(self) -> dict[str, Any] | None:
        """Return what somebody else may do with this record, because the actor reported it, and who that is."""
        fact, life = self.record, self.pages.life
        if fact.is_voided or self.actor.is_enterprise:
            return None
        why = self.own_decision
        if not why:
            return None
        acts = [act for act in (life.possible(fact) if life else ()) if act.by_another]
        labels = [act.wording_for(fact.state).label for act in acts if allows(self.actor, act.permission)]
        if allows(self.actor, sibling(self.pages.permission, Verb.CORRECT)):
            labels.append(_("Void"))
        return {"labels": labels, "why": why} if labels else None

    @cached_property
    def steps(self) -> list[FactStep]:
        """The steps of the record, oldest first. One query."""
        return list(steps_of(self.record)) if self.pages.life else []

    @cached_property
    def acts_on_it(self) -> list[AuditEntry]:
        """The entries of the log about acts on the record, newest first."""
        return acts_on(self.actor, [self.record]).get(self.record.pk, [])

    @cached_property
    def log(self) -> list[AuditEntry]:
        """The entries of the log that the reader may see, newest first: all of them for an enterprise's people."""
        if self.actor.is_enterprise:
            return self.acts_on_it
        return list(log_of(self.actor, self.record)[:SHOWN_ENTRIES]) if self.actor.is_police else []

    def who_acted(self, entry: AuditEntry, step: FactStep | None) -> str:
        """Return who did an act of the history, in words."""
        return audit_words.who(entry)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        fact, pages = self.record, self.pages
        steps = self.steps
        missing, by_another = self.get_missing(), self.get_by_another()
        own = refusal_of_own(self.actor, fact, self.log) if self.actor.is_enterprise else ""
        log = shown_to_enterprise(self.log) if self.actor.is_enterprise else self.log
        events = history_of(fact, log, steps, who=self.who_acted)
        # notes are internal to the police
        shown = [name for name in pages.shown or pages.fields if name != "note" or self.actor.is_police]
        may_correct = allows(self.actor, sibling(pages.permission, Verb.CORRECT))
        corrects = may_correct and not fact.is_voided
        own = own if corrects else ""
        corrects = corrects and not own
        corrects_steps = corrects and steps and pages.model.stepped and not self.actor.is_enterprise
        return super().get_context_data(
            rows=fields_of(fact, shown),
            files=files_of(pages, self.actor, fact),
            origins=told_of(self.actor, fact),
            events=events,
            step_url=pages.url("correct-step", fact.pk) if corrects_steps else "",
            missing=missing,
            by_another=by_another,
            summary=pages.summary(fact),
            not_own=own,
            doubt_url=doubt_url(self.actor, fact, sibling(pages.permission, Verb.RECORD)),
            correct_url=pages.url("correct", fact.pk) if corrects else "",
            void_url=pages.url("void", fact.pk) if corrects and not by_another else "",
            **context,
        )


class FactCreate(FactView, CreatePage):
    """A new record. The URL may preselect the enterprise; the key of the form is stored with the record."""

    key_is_stored = True
    tries_out = True

    def get_title(self) -> Words:
        return self.pages.new_label

    def get_form_class(self) -> Any:
        return self.pages.form_classes[0]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def asked_enterprise(self) -> Enterprise | None:
        """Return the enterprise in the URL.

        One that does not exist is a 404, as is another than their own for an enterprise's people.
        """
        named = self.given("enterprise")
        asked = enterprise_or_none(self.actor, named)
        is_another = asked is None or (self.actor.is_enterprise and asked.pk != self.actor.enterprise_id)
        if named and is_another:
            raise Http404("another enterprise")
        return asked

    def get_initial(self) -> dict[str, Any]:
        asked = self.asked_enterprise()
        return self.pages.initial(self.actor) | ({"enterprise": asked} if asked else {})

    def values(self, form: BaseForm) -> dict[str, Any]:
        """Return what was typed, with the key of this form; an invalid key is left out."""
        key = key_of(form.cleaned_data.get(FORM_KEY))
        return super().values(form) | ({"external_key": f"{FROM_A_FORM}{key}"} if key else {})

    def perform(self, form: Any) -> Any:
        return self.pages.operations.create(
            actor=self.actor, enterprise_id=form.enterprise_id, **self.values(form)
        )

    def try_out(self, form: BaseForm) -> None:
        with suppress(AlreadyRecorded):
            super().try_out(form)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except AlreadyRecorded as again:
            if self.differs(form, again.fact):
                return self.keep_typed(form, self.used_text, again=True)
            self.is_taken = True
            return self.leave(self.pages.url("detail", again.fact.pk), self.sent_text)

    def differs(self, form: BaseForm, fact: Fact) -> bool:
        """Return whether something else was typed than what is recorded. Asked when no cache knows the first input."""
        stored = {field.name for field in fact._meta.concrete_fields}
        typed = {name: value for name, value in self.values(form).items() if name in stored}
        return any(value != getattr(fact, name) for name, value in typed.items() if value not in (None, ""))

    def get_done_text(self) -> Words:
        return self.pages.saved

    def get_back_url(self) -> str:
        return self.pages.url("list") if allows(self.actor, self.pages.permission) else "/"

    def get_success_url(self) -> str:
        return self.pages.url("detail", self.result.pk)
