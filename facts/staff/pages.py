"""The page declaration of a kind of fact, and the URLs that follow from it.

``FireDoorPages().urls()`` in an app's urls.py returns list, new record, record, correction, voiding, and a page for
each act of its life. Forms, table and filter are named only if they do more than the model's fields imply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from facts.access import Verb, sibling
from facts.lives import Act, Life
from facts.models import Fact
from facts.operations import Writes, writes_of
from facts.selectors import visible
from facts.staff import changing, files, views
from facts.staff.forms import CorrectionForm, NewFactForm, form_of
from facts.staff.tables import FactFilter, FactTable, filter_of, table_of
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model
from foundation.periods import Period
from foundation.ui.views import Button
from foundation.words import Words


@dataclass(frozen=True)
class Tab:
    """A kind's place among those that share a navigation entry. The lists of a ``group`` link to each other."""

    group: str
    label: Words
    order: int


kinds: "list[type[FactPages]]" = []


class FactPages:
    """The page declaration of a kind of fact. Only the first block is required."""

    model: ClassVar[type[Fact]]
    permission: ClassVar[StrEnum]  # to view; those to record and correct are in the same enum
    fields: ClassVar[Sequence[str]] = ()  # in the form, in order, and on the record page
    title: ClassVar[Words]
    new_label: ClassVar[Words]  # on the button and above the form of a new record
    saved: ClassVar[Words] = _("The record was saved.")
    empty_title: ClassVar[Words] = _("Nothing here.")
    empty_text: ClassVar[Words] = ""
    icon: ClassVar[str] = "file"

    # URLs: /<prefix>, /<prefix>new/, ...; their names begin with the noun if an app has several kinds
    prefix: ClassVar[str] = ""
    noun: ClassVar[str] = ""  # "hazard": hazard, hazard_create, hazard_correct, ...
    nouns: ClassVar[str] = ""  # "hazards": the list
    tab: ClassVar[Tab | None] = None

    life: ClassVar[Life[Any] | None] = None
    has_before_and_after: ClassVar[bool] = False  # whether photos show what was found, or what was put right
    half: ClassVar[Sequence[str]] = ()  # fields shown two in a row
    portal_fields: ClassVar[Sequence[str]] = ()  # fields that an enterprise's people fill in
    correct_fields: ClassVar[Sequence[str]] = ()  # fields that a correction may change; by default ``fields``
    shown: ClassVar[Sequence[str]] = ()  # fields of the record page; by default ``fields``
    writes: ClassVar[Writes | None] = None

    new_form: ClassVar[type[NewFactForm]] = NewFactForm
    correction_form: ClassVar[type[CorrectionForm]] = CorrectionForm
    table: ClassVar[type[FactTable] | None] = None
    filter: ClassVar[type[FactFilter] | None] = None

    list_view: ClassVar[type[views.FactList]] = views.FactList
    create_view: ClassVar[type[views.FactCreate]] = views.FactCreate
    record_view: ClassVar[type[views.FactRecord]] = views.FactRecord
    correct_view: ClassVar[type[changing.FactCorrect]] = changing.FactCorrect
    void_view: ClassVar[type[changing.FactVoid]] = changing.FactVoid
    act_view: ClassVar[type[changing.FactAct]] = changing.FactAct
    act_views: ClassVar[Mapping[str, type[changing.FactAct]]] = {}  # acts with a view of their own, by code
    add_view: ClassVar[type[files.FileAdd]] = files.FileAdd

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if hasattr(cls, "model"):  # a base class without a model is not a kind
            kinds.append(cls)

    @staticmethod
    def of_kind(code: str) -> "FactPages | None":
        """Return the pages of another kind, None if there are none."""
        return next((kind() for kind in kinds if kind_of_model(kind.model).code == code), None)

    # --- URLs ---

    @property
    def day(self) -> str:
        """The field that dates a record."""
        return self.model.dated_by

    @property
    def app(self) -> str:
        return self.model._meta.app_label

    def name_of(self, page: str) -> str:
        """Return the URL name of a page: list, create, detail, correct, void, or the slug of an act."""
        page = page.replace("-", "_")
        if not self.noun:
            return page
        return {"list": self.nouns, "detail": self.noun}.get(page, f"{self.noun}_{page}")

    def view_of(self, act: Act) -> type[changing.FactAct]:
        """Return the view of an act."""
        return self.act_views.get(act.code, self.act_view)

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"{self.app}:{self.name_of(page)}", args=args)

    def urls(self) -> list[URLPattern]:
        """Return the URLs of the five pages and of the acts."""
        may_view, may_record, may_correct = (sibling(self.permission, verb) for verb in Verb)
        pages: list[tuple[str, str, type[views.FactView], str, dict[str, Any]]] = [
            ("", "list", self.list_view, may_view, {}),
            ("new/", "create", self.create_view, may_record, {}),
            ("<int:id>/", "detail", self.record_view, may_view, {}),
            ("<int:id>/correct/", "correct", self.correct_view, may_correct, {}),
            ("<int:id>/void/", "void", self.void_view, may_correct, {}),
            ("<int:id>/files/add/", "add-files", self.add_view, may_record, {}),
            ("<int:id>/files/<int:file>/", "file", files.FileShow, may_view, {}),
            ("<int:id>/files/<int:file>/small/", "file-small", files.FileShow, may_view, {"small": True}),
            ("<int:id>/files/<int:file>/void/", "void-file", files.FileVoid, may_correct, {}),
            *(
                [("<int:id>/correct-step/", "correct-step", changing.FactCorrectStep, may_correct, {})]
                if self.model.stepped and self.life
                else []
            ),
            *(
                (
                    f"<int:id>/{act.slug}/",
                    act.slug,
                    self.view_of(act),
                    act.permission,
                    {"act": act},
                )
                for act in self.acts
            ),
        ]
        return [
            path(
                f"{self.prefix}{route}",
                view.as_view(pages=self, permission=permission, **more),
                name=self.name_of(name),
            )
            for route, name, view, permission, more in pages
        ]

    # --- used by the pages ---

    @property
    def acts(self) -> list[Act]:
        return list(self.life.acts.values()) if self.life else []

    @cached_property
    def operations(self) -> Writes:
        return self.writes or writes_of(self.model, self.permission)

    @cached_property
    def form_classes(self) -> tuple[type[NewFactForm], type[CorrectionForm]]:
        """The forms of a new record and of a correction."""
        shape = {"half": self.half, "portal_fields": self.portal_fields}
        return (
            form_of(self.new_form, self.model, self.fields, **shape),
            form_of(self.correction_form, self.model, self.correct_fields or self.fields, **shape),
        )

    @cached_property
    def filter_class(self) -> type[FactFilter]:
        is_board = issubclass(self.list_view, views.FactBoard)  # its tabs are the states
        return self.filter or filter_of(self.day, None if is_board else self.life)

    @cached_property
    def table_class(self) -> type[FactTable]:
        return self.table or table_of(self.model, self.day, self.life, f"{self.app}:{self.name_of('detail')}")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """Return all records the actor may see, including voided ones, which the filter leaves out."""
        return self.annotated(visible(actor, self.model, voided=True))

    def annotated(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return records with the columns that lists, states and the search name."""
        return rows

    def initial(self, actor: Actor) -> dict[str, Any]:
        """Return the initial values of the form of a new record."""
        return {self.day: timezone.localdate()}

    def behind(self, period: Period) -> dict[str, str]:
        """Return the list's query for the records that a measure of this quarter may have counted."""
        if issubclass(self.list_view, views.FactBoard):
            return {"state": views.FactBoard.everything}  # records that began earlier may count too
        return {} if self.life else {"since": period.start.isoformat(), "until": period.end.isoformat()}

    def links(self, actor: Actor, fact: Any) -> list[Button]:
        """Return buttons of a record's page besides the acts of its life."""
        return []

    def summary(self, fact: Any) -> dict[str, Any]:
        """Return what the head of a record shows: state (words), tone, due_on, done, is_major."""
        if self.life is None:
            return {}
        return {"state": fact.state.label, "tone": self.life.tone(fact.state)}

    def tabs(self, actor: Actor) -> list[dict[str, Any]]:
        """Return the lists that share a navigation entry of the police with this one."""
        if actor.is_enterprise or self.tab is None:
            return []
        return [
            {
                "label": kind.tab.label,
                "url": kind().url("list"),
                "active": kind is type(self),
                "count": "",
            }
            for kind in siblings_of(self.tab.group)
            if allows(actor, kind.permission)
        ]


def siblings_of(group: str) -> list[Any]:
    """Return the kinds whose lists link to each other, in order."""
    found = [kind for kind in kinds if kind.tab is not None and kind.tab.group == group]
    return sorted(found, key=lambda kind: kind.tab.order if kind.tab else 0)
