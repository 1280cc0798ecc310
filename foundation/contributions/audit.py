"""Words of the audit log, declared in an app's ``audit.py``: kinds of objects and the acts on them.

An entry stores codes and data; the language is chosen when it is read. So codes never change: an entry written years
ago is shown in the words declared here now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from foundation.contributions.registry import Registry, WordsOf
from foundation.words import Words


@dataclass(frozen=True)
class Action:
    """One act on an object. ``words`` are in the past tense: "Closed as put right".

    ``names_no_kind``: the words do not mention the object, so its kind precedes them if the object is not shown
    ("Hazard: Recorded"). ``grave``: deserves a second look. ``icon`` and ``tone`` are for timelines. ``formerly`` are
    the codes that entries of earlier versions use instead. ``labels`` name values of its entries that are no fields of
    the object, ``amounts`` those among them that are sums of money in yuan. ``day`` is the value with the day on which it
    happened, if that may be another than that of the entry.
    """

    code: str
    words: Words
    icon: str = "point"
    tone: str = ""
    names_no_kind: bool = False
    grave: bool = False
    formerly: tuple[str, ...] = ()
    labels: Mapping[str, Words] = field(default_factory=dict, compare=False)
    day: str = ""
    amounts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind:
    """A kind of object that acts are done to.

    ``code`` is what entries store as ``object_type``, ``formerly`` what entries of earlier versions store. ``labels``
    and ``values`` are the words for values in entries that are no fields of ``model``, ``refers`` the models that ids
    among them point to.

    ``named_by``: the attributes that make up the object's name, joined by ``joined_by``. Needed where one of them is a
    choice or has a word for each language: entries store the values, and the reader's language gives the name.

    ``called``: the column that is the object's name otherwise. Where entries mention an object by its id, both give the
    name that it had then.

    ``personal``: the names of values that say something about a person. Entries store commitments to them, so that
    they can be erased. ``unread``: the names of values that the log shows to nobody, because only the page of the object
    can mask the persons in them.
    """

    code: str
    model: type[Model]
    formerly: tuple[str, ...] = ()
    labels: Mapping[str, Words] = field(default_factory=dict, compare=False)
    values: Mapping[str, Mapping[str, Words]] = field(default_factory=dict, compare=False)
    refers: Mapping[str, type[Model]] = field(default_factory=dict, compare=False)
    named_by: tuple[str, ...] = ()
    joined_by: str = " "
    called: str = ""
    personal: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything that entries about this kind may store as ``object_type``."""
        return (self.code, *self.formerly)

    @property
    def name_of(self) -> tuple[str, ...]:
        """The attributes that make up an object's name; none if it cannot change."""
        return self.named_by or ((self.called,) if self.called else ())

    def action(self, verb: str) -> str:
        """Return the code of an act on such an object: ``hazard.close``."""
        return f"{self.code}.{verb}"


@dataclass(frozen=True)
class Phrase:
    """What the program itself writes as a reason or as somebody's name. ``words`` may have placeholders: %(file)s.

    ``for_people``: also as the reason of what somebody does; others are a person's own words then.
    """

    code: str
    words: Words
    for_people: bool = False


kinds: Registry[Kind] = Registry("audit")
actions: Registry[Action] = Registry("audit")
phrases: Registry[Phrase] = Registry("audit")
# what each kind of object is called, by code
kind_words = WordsOf(kinds, lambda kind: kind.model._meta.verbose_name or kind.code)


def register(*items: Kind | Action | Phrase) -> None:
    """Add an app's kinds of objects, the acts on them, and its phrases."""
    for item in items:
        if isinstance(item, Kind):
            kinds.register(item)
        elif isinstance(item, Action):
            actions.register(item)
        else:
            phrases.register(item)


def kind_of_model(model: type[Model]) -> Kind:
    """Return the kind of a model's objects. Raise LookupError if no app declares it in ``audit.py``."""
    for kind in kinds:
        if kind.model is model._meta.concrete_model:
            return kind
    raise LookupError(f"No audit.py declares a kind of object for {model._meta.label}.")


def kind_of(object_type: str) -> Kind | None:
    """Return the kind of an entry's ``object_type``, a present or a former code."""
    return kinds.get(object_type) or next((kind for kind in kinds if object_type in kind.formerly), None)


def action_of(code: str) -> Action | None:
    """Return the act of an entry's ``action``, a present or a former code."""
    return actions.get(code) or next((each for each in actions if code in each.formerly), None)


def actions_from(
    words: Mapping[str, Words],
    *,
    formerly: Mapping[str, str] | None = None,
    names_no_kind: bool = False,
    grave: bool = False,
) -> Iterable[Action]:
    """Return acts without icons from their words by code. ``formerly``: the former codes of some of them."""
    old = formerly or {}
    return [
        Action(
            code,
            text,
            names_no_kind=names_no_kind,
            grave=grave,
            formerly=(old[code],) if code in old else (),
        )
        for code, text in words.items()
    ]
