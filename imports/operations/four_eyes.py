"""What a row of a sheet would decide about a record that its person reported: that is for somebody else, as by page."""

from copy import copy
from typing import Any

from django.conf import settings
from django.utils import translation

from facts.corrections import not_theirs, watched
from facts.four_eyes import refusal, refusal_of_decider
from facts.models import Fact
from foundation.accounts.actors import Actor
from foundation.contributions.limits import names_in
from imports.profile import Record
from imports.remarks import Refused, Remark
from imports.rows import Draft


def column_of(record: Record, name: str) -> str:
    """Return the column that a field of a record is read from; the field itself if it is read from none."""
    how = record.fields.get(name)
    return how.columns[0] if how and how.columns else name


def decided_at_first(draft: Draft, person: Actor) -> list[Remark]:
    """Return what is decided already in a new record that names the person as the one who found it."""
    new = draft.instance
    if not isinstance(new, Fact) or not (given := [name for name in new.decided if draft.values.get(name)]):
        return []
    new.enterprise_id, new.station_id = draft.values["enterprise_id"], draft.values["station_id"]
    why = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            why[language] = refusal(person, new)
    if not any(why.values()):
        return []
    return [Refused("not_yours", column_of(draft.record, name), why=why).remark for name in given]


def decided_about_own(draft: Draft, person: Actor, row: Fact, values: dict[str, Any]) -> list[Remark]:
    """Return what the person would decide about a record that they reported.

    So is taking a name off those who found it, who could decide then.
    """
    if not row.decided or not values:
        return []
    becomes = copy(row)
    for name, value in values.items():
        setattr(becomes, name, value)
    with_names = values.keys() & _naming(row, row.reporters()[1] - becomes.reporters()[1])
    if not values.keys() & {*watched(type(row)), *with_names}:
        return []
    before = {name: getattr(row, name) for name in watched(type(row))}
    told: dict[str, dict[str, str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            was_refused = refusal(person, row)
            own_decision = refusal_of_decider(person, row)
            found = not_theirs(person, becomes, before, was_refused=was_refused, own_decision=own_decision)
            if was_refused:
                found |= dict.fromkeys(with_names, was_refused)
        for name, words in found.items():
            told.setdefault(name, {})[language] = words
    return [
        Refused("not_yours", column_of(draft.record, name), why=by_language).remark
        for name, by_language in told.items()
    ]


def _naming(row: Fact, names: set[str]) -> set[str]:
    """Return the fields of a record in which one of these people is named."""
    texts = {each.name: getattr(row, each.name) for each in row._meta.local_fields} if names else {}
    return {name for name, text in texts.items() if isinstance(text, str) and names & set(names_in(text))}
