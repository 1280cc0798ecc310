"""How an app declares a kind of fact to the others, in its modules with fixed names.

``register_kind`` is for ``audit.py``, ``register_target`` for ``sheets.py``; ``file_of``, ``list_panel`` and
``count_of`` for ``file.py``, ``work_of`` for ``work.py``, ``findable`` for ``search.py``; ``counted_in_quarter`` and
``recording_act`` for ``indicators.py``. An app that needs something else writes the declarations itself.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.choices import FactAction
from facts.four_eyes import is_own
from facts.lives import Life
from facts.models import INTERNAL_FIELDS, Fact, FactStep
from facts.selectors import field_of, visible, with_words
from facts.staff.pages import FactPages
from facts.staff.views import FactBoard
from foundation.accounts.actors import Actor
from foundation.contributions import audit, measures, sheets
from foundation.contributions.audit import Action, Kind
from foundation.contributions.file import Mark, Panel, Recording, Strand, Tab
from foundation.contributions.measures import Indicator, Running, Source, Step
from foundation.contributions.search import Findable, Found, Hit
from foundation.contributions.sheets import Reply, Target
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import TODAY
from foundation.periods import Period
from foundation.requests import Request, required_actor
from foundation.ui.panels import page_of
from foundation.words import Words

SHOWN = 120  # letters of a text among the hits of a search


def register_target(
    code: str,
    model: type[Fact],
    *,
    extra: Mapping[str, models.Field] | None = None,
    settle: Callable[[dict[str, Any]], None] | None = None,
    adapt: Callable[[Actor, Any, dict[str, Any]], dict[str, Any]] | None = None,
    reference: str = "",
    contradiction: Callable[[Mapping[str, Any], Any], tuple[str, Words] | None] | None = None,
    written: Callable[[Actor, set[int]], None] | None = None,
    alike: tuple[str, ...] = (),
    synonyms: Mapping[str, tuple[str, ...]] | None = None,
    looks: Mapping[str, Callable[[str], bool]] | None = None,
    proposes: Mapping[str, Callable[[str], str]] | None = None,
    resolves: Mapping[str, Callable[[Actor], Callable[[str], str]]] | None = None,
    listed: Mapping[str, Words] | None = None,
    reply: Reply | None = None,
) -> None:
    """Declare that rows of a file may become facts of this kind (:class:`foundation.contributions.sheets.Target`)."""
    acted = {field.name for field in model._meta.local_fields if not field.editable}
    never = INTERNAL_FIELDS | acted | ({reference} if reference else set())
    sheets.register(
        Target(
            code,
            model,
            never=never,
            extra=extra or {},
            settle=settle,
            adapt=adapt,
            reference=reference,
            contradiction=contradiction,
            written=written,
            alike=alike,
            synonyms=synonyms or {},
            looks=looks or {},
            proposes=proposes or {},
            resolves=resolves or {},
            listed={"enterprise.name": _("Enterprise"), **(listed or {})},
            reply=reply,
        )
    )


def register_kind(
    code: str,
    model: type[Fact],
    *,
    life: Life[Any] | None = None,
    formerly: str = "",
    verb: str = "",
    named_by: tuple[str, ...] = (),
    joined_by: str = " ",
    unread: Iterable[str] = (),
    values: Mapping[str, Mapping[str, Words]] | None = None,
    personal: Collection[str] = (),
    labels: Mapping[str, Words] | None = None,
) -> None:
    """Declare a kind of fact. Its acts are recording, correcting, voiding, recording many, and those of its life.

    ``formerly`` is the model's label in entries of earlier versions; ``verb`` what their actions began with, if that is
    not the code. ``named_by``, ``joined_by`` and ``unread``: see :class:`foundation.contributions.audit.Kind`. Whatever people type
    freely, in a form or an act, may say something about a person, as may what an import kept of its source. ``values``,
    ``labels`` and further ``personal`` ones: of entries about rows beside the record, and of columns that no form has.
    """
    typed = {
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField) and not field.choices
    }
    kind = Kind(
        code,
        model,
        formerly=(formerly,) if formerly else (),
        labels={
            **{
                code: act.past for code, act in (life.acts.items() if life else ())
            },  # the day of a corrected step
            "voided_at": _("Voided"),
            "void_reason": _("Reason"),
            "records": _("Number"),
            "file": _("File"),
            "digest": _("SHA-256"),
            **(labels or {}),
        },
        named_by=named_by,
        joined_by=joined_by,
        unread=frozenset(unread),
        values=values or {},
        personal=frozenset(typed | {"source_values", "file", *personal}),
    )

    def act(name: str, words: Words, icon: str = "point", tone: str = "") -> Action:
        old = (f"{verb}.{name}",) if verb else ()
        return Action(kind.action(name), words, icon, tone, names_no_kind=True, formerly=old)

    audit.register(
        kind,
        act(FactAction.CREATE, _("Recorded"), "plus"),
        act(FactAction.CORRECT, _("Corrected"), "pencil", "yellow"),
        act(FactAction.VOID, _("Voided"), "ban", "red"),
        act(FactAction.CREATE_MANY, _("Recorded in one go")),
        act(FactAction.ATTACH, _("Photo or file added"), "paperclip"),
        act(FactAction.VOID_FILE, _("Photo or file voided"), "ban", "red"),
        *(act(each.code, each.past, each.icon, each.hue) for each in (life.acts.values() if life else ())),
    )


# --- the enterprise file ---------------------------------------------------------------------------------------------


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of these records that the outer enterprise has, as an expression."""
    mine = rows.filter(enterprise=OuterRef("pk")).order_by().values("enterprise")
    return Coalesce(
        Subquery(mine.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
    )


def list_panel(pages: FactPages, tab: str, rank: int = 10) -> Panel:
    """Return a panel with the list of a kind's records, latest first."""
    code = pages.name_of("list") if pages.noun else pages.app

    def load(request: Request, enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any]:
        rows = visible(required_actor(request), pages.model, enterprise_id=enterprise.pk).select_related(None)
        shown = page_of(request, rows.order_by(f"-{pages.day}", "-pk"), code)
        lines = [
            {"title": str(row), "url": pages.url("detail", row.pk), "day": getattr(row, pages.day)}
            | pages.summary(row)
            for row in shown
        ]
        own = {"pages": pages, "shown": shown, "lines": lines, "parameter": code}
        return {"lists": {**known.get("lists", {}), code: own}}

    return Panel(code, tab, rank, "facts/file_list.html", load)


def file_of(
    pages: FactPages, tab: str, *, rank: int, strand: Strand, name: str, count: str = ""
) -> tuple[Tab, Panel, Recording, Mark]:
    """Return the usual contributions of a kind to the file: a tab with its list, recording one, a timeline mark.

    ``name`` is the field that names a record on the timeline, ``count`` the code of a figure for the tab.
    """
    app, label = pages.app, pages.title

    def rows() -> QuerySet[Any]:
        return pages.model._default_manager.filter(voided_at=None)

    return (
        Tab(tab, label, pages.icon, rank, count=count),
        list_panel(pages, tab),
        Recording(f"{app}:{pages.name_of('create')}", pages.new_label, pages.icon, rank),
        Mark(
            f"{app}_{pages.name_of('detail')}",
            strand,
            pages.icon,
            rows,
            pages.day,
            name=name,
            page=f"{app}:{pages.name_of('detail')}",
        ),
    )


def reopened_marks(
    model: type[Fact], strand: Strand, ended: Words, reopened: Words, *, name: str, text: str
) -> tuple[Mark, Mark]:
    """Return the timeline marks of reopened records: that they were reopened, and the end that was true until then.

    ``ended`` and ``reopened`` are titles with the column ``name`` in place of ``%(name)s``.
    """
    kind = str(model._meta.model_name)

    def rows() -> QuerySet[Any]:
        later = FactStep.objects.filter(
            Q(corrects_id=OuterRef("pk")) | Q(corrects_id=OuterRef("corrects_id"), pk__gt=OuterRef("pk"))
        )
        records = model._default_manager.filter(pk=OuterRef("record_id"), voided_at=None)
        columns = {f"{each}_": Subquery(records.values(each)[:1]) for each in (name, text)}
        steps = FactStep.objects.filter(~Exists(later), Exists(records), kind=kind, act="reopen")
        return steps.exclude(was_on=None).exclude(values={}).annotate(**columns)

    def words_with(title: Words) -> Callable[[str, str], tuple[Words, str]]:
        return lambda name, text: (str(title) % {"name": name}, text)

    shape = {"name": f"{name}_", "text": f"{text}_"}
    return (
        Mark(
            f"{kind}_ended",
            strand,
            "circle-check",
            rows,
            "was_on",
            words_with(ended),
            tone="green",
            recorded="",
            **shape,
        ),
        Mark(f"{kind}_reopened", strand, "rotate", rows, "on", words_with(reopened), tone="red", **shape),
    )


# --- open work -------------------------------------------------------------------------------------------------------


OFFERED = 2  # acts in a row of a list; the record's page has all


def acts_of(pages: FactPages) -> Callable[[Actor, Sequence[Row]], dict[int, Next]]:
    """Return what a reader may do about records of a kind, as their life says. One query for all of them."""
    life = pages.life
    if life is None:
        raise TypeError(f"{type(pages).__name__} has no life")
    told_by_day = {*life.begins, *(end for _start, end, _why in life.by_time)}

    def next_of(actor: Actor, fact: Any) -> Next:
        acts, own = life.next_acts(fact, actor), is_own(actor, fact)
        may = [act for act in acts if not act.danger and not (act.by_another and own)]
        return Next(
            tuple(
                Offer(act.wording_for(fact.state).label, pages.url(act.slug, fact.pk), in_place=True)
                for act in may[:OFFERED]
            ),
            state="" if fact.state in told_by_day else fact.state.label,
            for_another=bool(acts) and acts[0].by_another and own,
        )

    def acts(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
        facts = pages.model._default_manager.in_bulk([row.key for row in rows])
        return {key: next_of(actor, fact) for key, fact in facts.items()}

    return acts


def work_of(pages: FactPages, state: TextChoices, *, title: Words, rank: int, text: str, **more: Any) -> Work:
    """Return the open work of records in a state of their life, with the acts that are possible in it."""
    life, app = pages.life, pages.app
    if life is None:
        raise TypeError(f"{type(pages).__name__} has no life")

    def rows() -> QuerySet[Any]:
        return pages.model._default_manager.filter(life.where(state, today=TODAY))

    return Work(
        code=f"{app}_{state}",
        title=title,
        icon=pages.icon,
        rank=rank,
        rows=rows,
        text=text,
        on=pages.day,
        page=f"{app}:{pages.name_of('detail')}",
        acts=acts_of(pages),
        list_page=f"{app}:{pages.name_of('list')}",
        **more,
    )


# --- search ----------------------------------------------------------------------------------------------------------


def findable(
    pages: FactPages,
    *,
    rank: int,
    title: tuple[str, ...],
    more: tuple[str, ...] = (),
    due: str | Expression = "",
    for_police: bool = True,
) -> Findable:
    """Return what the one search finds of a kind: its records by their own words and by their enterprise.

    ``title`` and ``more`` are fields, ``due`` the deadline of a record that is not finished.
    """
    model, life = pages.model, pages.life
    named = (*title, *more)
    values: dict[str, Any] = {"enterprise": "enterprise__name", "station": "station__name", "on": pages.day}
    values |= {name: Left(name, SHOWN) for name in named}
    if due:
        values["due"] = due
    if life is not None:
        states = [When(life.where(code, today=TODAY), then=Value(str(code))) for code in life.states]
        values["state"] = Case(*states, output_field=CharField())

    def hit(found: Found) -> Hit:
        def told(names: tuple[str, ...]) -> list[Words]:
            # read for each hit: the choices may be those of a bureau
            words = {name: dict(field_of(model, name).flatchoices) for name in names}
            return [words[name].get(found[name], found[name]) for name in names if found[name]]

        place = [] if found.actor.is_enterprise else [found["enterprise"]]
        place += [found["station"]] if len(found.actor.stations) > 1 else []
        state = life.states.get(found["state"]) if life is not None and found["state"] else None
        return Hit(
            " · ".join(map(str, told(title))) or pages.title,
            (*place, *told(more)),
            names=frozenset(place[:1]),
            state=state.code.label if state else "",
            tone=state.tone if state else "",
            on=dt.date.fromisoformat(found["on"]),
            due=dt.date.fromisoformat(found["due"]) if due and found["due"] else None,
        )

    return Findable(
        code=f"{pages.app}_{pages.name_of('list')}" if pages.noun else pages.app,
        title=pages.title,
        icon=pages.icon,
        rank=rank,
        permission=pages.permission,
        rows=lambda actor, text: with_words(actor, pages.rows(actor).filter(voided_at=None), text),
        values=values,
        whole=lambda: pages.annotated(model._default_manager.all()),
        hit=hit,
        page=f"{pages.app}:{pages.name_of('detail')}",
        order=(f"-{pages.day}", "-pk"),
        list_page=f"{pages.app}:{pages.name_of('list')}",
        list_query={"state": FactBoard.everything} if issubclass(pages.list_view, FactBoard) else {},
        for_police=for_police,
    )


# --- ratings ---------------------------------------------------------------------------------------------------------


def counted_in_quarter(indicator: Indicator, pages: FactPages, tab: str) -> Source:
    """Return the source of an indicator that counts a kind's records of the quarter."""

    def query(period: Period) -> QuerySet[Any]:
        in_quarter = {"voided_at": None, f"{pages.day}__range": (period.start, period.end)}
        rows = pages.model._default_manager.filter(**in_quarter).order_by()
        return rows.values("enterprise_id").annotate(**{indicator.code: Count("id")})

    return Source(indicator.code, pages.model, pages.day, tab, (indicator,), query)


def recording_act(
    indicator: Indicator, pages: FactPages, task: Callable[[int], str], *, most: int
) -> measures.Act:
    """Return the act that raises an indicator of counted records: record up to ``most`` more."""

    def steps(running: Running) -> Iterable[Step]:
        page = (f"{pages.app}:{pages.name_of('create')}", {"enterprise": running.enterprise_id})
        for number in range(most):
            adds = {indicator.code: 1}
            yield Step(str(number), running.today, running.period.end, page=page, adds=adds)

    return measures.Act(
        code=f"record_{indicator.code}",
        label=indicator.label,
        unit=indicator.unit,
        who=measures.ENTERPRISE,
        icon=pages.icon,
        measures=(indicator.code,),
        task=task,
        steps=steps,
    )
