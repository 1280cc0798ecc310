"""Import targets, declared in an app's ``sheets.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.contributions.registry import Registry
from foundation.database.fields import field_of
from foundation.words import Words

if TYPE_CHECKING:
    from foundation.accounts.actors import Actor


class Stage(StrEnum):
    """The steps in which the lists of a new bureau come in, in this order; the first colours do not need the last."""

    PEOPLE = "people"
    REGISTER = "register"
    LIAISON = "liaison"
    FACTS = "facts"
    OUTSIDE = "outside"


class Unfit(Exception):
    """A row cannot be what it says. ``code`` is that of a remark (``imports/remarks.py``), ``field`` where it says so."""

    def __init__(self, code: str, field: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


class Standing(NamedTuple):
    """What is here already of what a row of acts would do: the id of its record, 0 for none.

    ``differs`` has, by field, what stands here and what the row says.
    """

    pk: int = 0
    differs: Mapping[str, tuple[str, str]] = MappingProxyType({})


class Acts(Protocol):
    """What rows do that are acts of the person who brings them. Everything happens in the scope of that person.

    Each row calls the operation of the page, with its rules; nothing is written that the person could not do there.
    """

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return what only one row of a file may name. Raise Unfit."""

    def lock_people(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Lock the people of these rows in the order of their ids, before the enterprises are locked, as everybody does."""

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Read what is here of these rows, which come next."""

    def standing(self, values: Mapping[str, Any]) -> Standing:
        """Return what is here already. Raise Unfit."""

    def act(self, values: Mapping[str, Any], fields: Collection[str] | None) -> tuple[int, dict[str, Any]]:
        """Do what a row says, of something that is here only for ``fields``.

        Return the id of the record and what take_back must know. Raise Unfit, ValidationError, WrongState, NotAllowed.
        """

    def in_the_way(self, pk: int, before: Mapping[str, Any]) -> str:
        """Return what builds on an act, "" if nothing does. Raise WrongState if such acts are never taken back."""

    def take_back(self, pk: int, before: Mapping[str, Any], reason: str) -> None:
        """Undo an act on which nothing builds."""


@dataclass(frozen=True)
class Reply:
    """What is told back, as of now, of records that came in by somebody's sheet: in the columns they left for it.

    ``columns`` are, by code, the heading of a column of ours and the names that others give theirs, in the order in which
    ours would follow. The first one also says of a row why there is no record. ``tell`` returns the cells by the id of a
    record and the code of a column, of those records that the actor may see.
    """

    columns: Mapping[str, tuple[Words, tuple[str, ...]]]
    tell: Callable[[Actor, Collection[int]], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True)
class Target:
    """One kind of record that a row of a file may become.

    Fields and rules come from the model, so a new field can be imported at once: ``only`` these, or else all but
    ``never`` those. ``extra`` are fields that a file may fill and the model does not have; ``settle`` turns their
    values into those of the model, ``adapt`` the values that a record gets which is there already (actor, record, values). ``key`` is the field that stores the row's key in its source, "" if none does. ``reference`` is the
    code of another target that records of this one may refer to, by a foreign key of that name; ``contradiction``
    returns the field and the words in which a record contradicts the one it refers to. ``alike`` are the fields by which a
    row without a key is known again, besides its enterprise: the second row that is alike stands for the second record. ``written`` is called
    once at the end of a file, with the system actor and the enterprises whose records of this kind were written or changed.

    ``synonyms`` are the names that people give to the columns of a field in their registers, besides its own name in each
    language. A column called so is taken for the field without a question, so each name must mean nothing else. They
    may also name what no field stores: "key", "station", and of what refers to an enterprise "enterprise.code",
    "enterprise.number" and "enterprise.name". ``looks`` says of a field whether a text looks like its content, ``proposes``
    which value of a field a text probably means, or "".

    ``resolves`` makes, for the actor in whose scope rows are written, what a text of a field stands for, such as the names behind
    police numbers. It raises Unfit.

    ``acts`` makes, for the person who brings them, what the rows do that are acts and no records. ``of_enterprise`` says whether each row
    names an enterprise, ``permission`` who may bring such rows besides a right to take over sheets. ``words`` is what one
    is called, if not as its model. ``stage`` is the
    step of a new bureau in which they come in, ``then`` the url name of the page where a person goes on, and its words.

    ``listed`` are the columns of the list of these records that hold nothing but a field, by the field: of a list that was
    taken away and comes in again only these are compared. "station" and "enterprise.name" count as fields.

    ``reply``: what whoever sent the sheet is told back in its columns.
    """

    code: str
    model: type[models.Model]
    only: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    extra: Mapping[str, models.Field] = field(default_factory=dict, compare=False)
    settle: Callable[[dict[str, Any]], None] | None = None
    adapt: Callable[[Actor, Any, dict[str, Any]], dict[str, Any]] | None = None
    key: str = "external_key"
    alike: tuple[str, ...] = ()
    reference: str = ""
    contradiction: Callable[[Mapping[str, Any], Any], tuple[str, Words] | None] | None = None
    written: Callable[[Actor, set[int]], None] | None = None
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    looks: Mapping[str, Callable[[str], bool]] = field(default_factory=dict, compare=False)
    proposes: Mapping[str, Callable[[str], str]] = field(default_factory=dict, compare=False)
    resolves: Mapping[str, Callable[[Actor], Callable[[str], str]]] = field(
        default_factory=dict, compare=False
    )
    listed: Mapping[str, Words] = field(default_factory=dict, compare=False)
    acts: Callable[[Actor], Acts] | None = None
    of_enterprise: bool = True
    permission: str = ""
    stage: str = Stage.FACTS
    words: Words = ""
    then: tuple[str, Words] | None = None
    reply: Reply | None = None

    @cached_property
    def fields(self) -> dict[str, models.Field]:
        """The fields that a file may fill, by name."""
        found = {name: field_of(self.model, name) for name in self.only} or {
            each.name: each
            for each in self.model._meta.concrete_fields
            if each.name not in self.never and not each.primary_key
        }
        for name, each in self.extra.items():
            each.set_attributes_from_name(name)
            found[name] = each
        return found

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields that a row must fill."""
        return tuple(name for name, each in self.fields.items() if not each.blank and not each.has_default())

    @property
    def keeps_columns(self) -> bool:
        """Whether columns of the source can be stored as text."""
        return any(each.name == "source_values" for each in self.model._meta.concrete_fields)

    @property
    def key_limit(self) -> int:
        """The maximum length of a key."""
        limit = field_of(self.model, self.key).max_length
        assert limit is not None
        return limit


NUMBER = _(
    "Number in Anqi"
)  # the column of a list taken away by which its rows are known when they come in again


targets: Registry[Target] = Registry("sheets")
register = targets.register


def target_of(model: type[models.Model]) -> Target | None:
    """Return the target whose rows become records of this model; None for rows that are acts."""
    return next((target for target in targets if target.model is model and target.acts is None), None)


def number_of(target: Target, key: int) -> str:
    """Return the number of a record in a list that is taken away. It says of which kind the record is."""
    return f"{target.code}-{key}"
