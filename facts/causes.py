"""How an app declares, in its ``notifications.py``, what happens to its records that concerns people."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enterprises.concerned import by_enterprise, by_person, by_police, its_officers, its_people, its_recorder
from facts.asks import Reason
from facts.choices import FactAction
from facts.selectors import field_of
from facts.staff.pages import FactPages
from facts.steps import steps_of
from foundation.accounts.access import permissions
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.contributions.audit import kind_of_model
from foundation.contributions.notifications import Cause, Happening
from foundation.words import Words, labelled, listed

# the liaison officer, the finder; the chief or the supervisors if neither is left
OFFICERS = STATION_ROLES | {Role.SUPERVISOR}


def new_records(
    pages: FactPages, *, police: Words, enterprise: Words = "", settled: Words = ""
) -> list[Cause]:
    """Return the causes of a new record, in the words for its officers and for the enterprise's people.

    The people are concerned if the police recorded it and they see such records. ``settled``: in which words, if it
    needs nothing more of them.
    """
    found = [
        _cause(
            pages,
            FactAction.CREATE,
            police,
            roles=OFFICERS,
            who=its_officers,
            suffix=".officers",
        )
    ]
    if enterprise and _is_open_to_enterprises(pages):
        found.append(
            _cause(
                pages,
                FactAction.CREATE,
                enterprise,
                roles=ENTERPRISE_ROLES,
                who=its_people,
                when=lambda happening: (
                    by_police(happening)
                    and happening.target.is_open_to_enterprise
                    and not (settled and _is_settled(happening))
                ),
            )
        )
        if settled:
            found.append(
                _cause(
                    pages,
                    FactAction.CREATE,
                    settled,
                    roles=ENTERPRISE_ROLES,
                    who=its_people,
                    when=lambda happening: by_police(happening) and _is_settled(happening),
                    tone="green",
                    suffix=".settled",
                )
            )
    return found


def _its_deciders(pages: FactPages, happening: Happening) -> Q:
    """Return the officers who accepted, settled or verified a record."""
    acts = [act.code for act in pages.life.acts.values() if act.by_another] if pages.life else []
    target = happening.target
    deciders = steps_of(target).filter(act__in=acts).order_by().values("recorded_by_id")
    return Q(user_id__in=deciders, station_id=target.station_id, role__in=STATION_ROLES)


def _is_settled(happening: Happening) -> bool:
    """Return whether a record was recorded together with its end."""
    return any(getattr(happening.target, name) for name in happening.target.decided)


def corrections(pages: FactPages) -> list[Cause]:
    """Return the causes of a corrected and of a voided record.

    Concerned are whoever recorded it, who decided about it (a correction only), and the enterprise's people.
    """
    found = []
    for verb, words, icon in (
        (FactAction.CORRECT, _("Corrected by the station: %(object)s (%(changed)s)"), "pencil"),
        (FactAction.VOID, _("Voided by the station: %(object)s"), "ban"),
    ):
        own = _("A colleague corrected your record: %(object)s")
        if verb == FactAction.VOID:
            own = _("A colleague voided your record: %(object)s")
        found.append(
            _cause(
                pages,
                verb,
                own,
                roles=STATION_ROLES,
                who=its_recorder,
                when=by_person,
                icon=icon,
                suffix=".recorder",
            )
        )
        if verb == FactAction.CORRECT and pages.model.decided:
            found.append(
                _cause(
                    pages,
                    verb,
                    _("A colleague corrected a record that you decided about: %(object)s"),
                    roles=STATION_ROLES,
                    who=lambda happening: _its_deciders(pages, happening),
                    when=lambda happening: by_person(happening) and _is_settled(happening),
                    icon=icon,
                    suffix=".decider",
                )
            )
        if _is_open_to_enterprises(pages):
            found.append(
                _cause(
                    pages,
                    verb,
                    words,
                    roles=ENTERPRISE_ROLES,
                    who=its_people,
                    when=_is_seen_by_enterprises,
                    icon=icon,
                    values=lambda happening: _without_reason(happening) | _changed(pages, happening),
                    shown={"changed": lambda changed: _in_words(pages, changed)},
                )
            )
    return found


def act_by_police(pages: FactPages, code: str, words: Words, *, tone: str = "", **more: Any) -> Cause:
    """Return the cause that the police did an act of the kind's life: the enterprise's people.

    They read its reason only where the form says so (``Reason.hint``).
    """
    act = pages.life.acts.get(code) if pages.life else None
    reasons = [each for each in (act.wording.asks if act else ()) if isinstance(each, Reason)]
    more_values = more.pop("values", lambda happening: {})

    def values(happening: Happening) -> Mapping[str, Any]:
        is_read = any(each.is_read(happening.after) for each in reasons)
        return ({} if is_read else _without_reason(happening)) | more_values(happening)

    return _cause(
        pages,
        code,
        words,
        roles=ENTERPRISE_ROLES,
        who=its_people,
        when=lambda happening: by_police(happening) and happening.target.is_open_to_enterprise,
        tone=tone,
        values=values,
        **more,
    )


def act_by_enterprise(pages: FactPages, code: str, words: Words, **more: Any) -> Cause:
    """Return the cause that the enterprise did an act of the kind's life: its officers."""
    return _cause(
        pages,
        code,
        words,
        roles=OFFICERS,
        who=its_officers,
        when=by_enterprise,
        suffix=".officers",
        **more,
    )


def act_for_officers(pages: FactPages, code: str, words: Words, **more: Any) -> Cause:
    """Return the cause that somebody else did an act of the kind's life: its officers."""
    return _cause(pages, code, words, roles=OFFICERS, who=its_officers, suffix=".officers", **more)


def day_of(value: Any) -> Any:
    """Return a stored day as pages show it."""
    return date_format(dt.date.fromisoformat(value), "Y-m-d") if value else "–"


def _is_seen_by_enterprises(happening: Happening) -> bool:
    """Return whether the police changed more than their own note, of a record that the enterprise's people see."""
    is_more = bool(set(happening.after) - {"note"})
    return by_police(happening) and is_more and happening.target.is_open_to_enterprise


def _without_reason(happening: Happening) -> dict[str, Any]:
    """Keep the reason of a correction to the police, who write it for each other."""
    return {"reason": ""}


def _changed(pages: FactPages, happening: Happening) -> dict[str, Any]:
    """Return which fields that the enterprise sees were corrected, and to which day."""
    names = [name for name in pages.shown or pages.fields if name in happening.after and name != "note"]
    days = {name: getattr(happening.target, name) for name in names}
    return {
        "changed": [[name, day.isoformat() if isinstance(day, dt.date) else ""] for name, day in days.items()]
    }


def _in_words(pages: FactPages, changed: list[list[str]]) -> str:
    """Return corrected fields in the reader's language."""
    labels = [(field_of(pages.model, name).verbose_name, day) for name, day in changed]
    return listed(labelled(capfirst(label), day_of(day)) if day else capfirst(label) for label, day in labels)


def _cause(
    pages: FactPages,
    verb: str,
    words: Words,
    *,
    roles: frozenset[str],
    who: Callable[[Happening], Q],
    when: Callable[[Happening], bool] = lambda happening: True,
    tone: str = "",
    icon: str = "",
    suffix: str = "",
    values: Callable[[Happening], Mapping[str, Any]] = lambda happening: {},
    shown: Mapping[str, Callable[[Any], Any]] | None = None,
) -> Cause:
    action = kind_of_model(pages.model).action(verb)
    act = pages.life.acts.get(verb) if pages.life else None
    return Cause(
        f"{action}{suffix}",
        words,
        roles,
        icon or (act.icon if act else pages.icon),
        page=f"{pages.app}:{pages.name_of('detail')}",
        tone=tone or (act.hue if act else ""),
        on=(action,),
        who=who,
        when=when,
        values=values,
        shown=shown or {},
    )


def _is_open_to_enterprises(pages: FactPages) -> bool:
    return permissions()[pages.permission] >= ENTERPRISE_ROLES
