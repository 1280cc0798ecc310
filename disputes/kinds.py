"""What kinds of disputes there are in the bureau whose scope is open, and what each is called.

The shipped ones have their code and their name in each language; a bureau adds its own, orders all of them and retires
what it does not use (``KindOfDispute``). A code means the same for ever: records keep it, whatever becomes of the kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import lazystr
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from disputes.choices import DisputeKind
from foundation.database.caching import forget, remembered
from foundation.tenancy.scope import ask_again, current_scope, once_in_scope
from foundation.words import Words

LONGEST_CODE = 10
OWN = "own"  # begins the codes of a bureau's own kinds
KEPT_S = 60  # the kinds of a bureau, beside the transaction that changes them
_KEY = "disputes:kinds"

# The words of papers, which are Chinese in every language.
_ON_PAPER = {
    DisputeKind.WAGES: "欠薪",
    DisputeKind.LABOUR: "劳动关系",
    DisputeKind.CONTRACT: "合同",
    DisputeKind.INJURY: "人身损害",
    DisputeKind.LAND: "土地",
    DisputeKind.NEIGHBOURS: "邻里",
    DisputeKind.BETWEEN: "企业之间",
    DisputeKind.CONSUMER: "消费",
    DisputeKind.OTHER: "其他",
}


@dataclass(frozen=True)
class Known:
    """A kind as its bureau has it. A shipped one that nobody has changed is at its first ``version``."""

    code: str
    label: Words
    place: int
    is_retired: bool = False
    name: str = ""
    name_en: str = ""
    version: int = 1

    @property
    def is_own(self) -> bool:
        """Whether it is the bureau's own, and no shipped one."""
        return self.code not in DisputeKind.values

    @property
    def pk(self) -> str:
        """What its pages are addressed by."""
        return self.code

    def __str__(self) -> str:
        return str(self.label)


class _Name:
    """The name of an own kind in the language of the reader, or in the one it has."""

    def __init__(self, name: str, name_en: str) -> None:
        self.name, self.name_en = name, name_en

    def __str__(self) -> str:
        if (get_language() or "").startswith("zh"):
            return self.name or self.name_en
        return self.name_en or self.name


def kinds() -> list[Known]:
    """Return all kinds of the bureau, also retired ones, in its order. Without a scope of a bureau: those shipped."""
    scope = current_scope()
    if scope is None or scope.bureau <= 0:
        return _kinds([])
    bureau = scope.bureau
    return once_in_scope(_KEY, lambda: _kinds(remembered((_KEY, bureau), lambda: stored(bureau), KEPT_S)))


def kinds_now(bureau_id: int) -> list[Known]:
    """Return all kinds of a bureau as the database has them at this moment, for who changes them."""
    return _kinds(stored(bureau_id))


def stored(bureau_id: int) -> list[dict[str, Any]]:
    """Return what a bureau has changed or added, as the database has it."""
    model = apps.get_model("disputes", "KindOfDispute")
    columns = ("code", "name", "name_en", "place", "retired_on", "version")
    return list(model.objects.filter(bureau_id=bureau_id).values(*columns))


def _kinds(rows: list[dict[str, Any]]) -> list[Known]:
    by_code = {row["code"]: row for row in rows}
    found = []
    for number, kind in enumerate(DisputeKind, 1):
        row = by_code.pop(kind.value, None)
        changed = {"is_retired": row["retired_on"] is not None, "version": row["version"]} if row else {}
        found.append(Known(kind.value, kind.label, row["place"] if row else number, **changed))
    for code, row in by_code.items():
        label = lazystr(_Name(row["name"], row["name_en"]))
        names = {each: row[each] for each in ("name", "name_en", "version")}
        found.append(Known(code, label, row["place"], row["retired_on"] is not None, **names))
    return sorted(found, key=lambda each: each.place)  # stable: shipped ones first at the same place


def changed_kinds(bureau_id: int) -> None:
    """Let the kinds of a bureau be read again, because this transaction changed them.

    The open scope goes on with those of the database and caches none of them: they may still be rolled back.
    """
    ask_again(_KEY)
    once_in_scope(_KEY, lambda: kinds_now(bureau_id))
    forget((_KEY, bureau_id))
    transaction.on_commit(
        partial(forget, (_KEY, bureau_id))
    )  # somebody may have cached the former ones meanwhile


def all_kinds() -> list[tuple[str, Words]]:
    """Return code and name of each kind, also of those no longer in use: what a record may have."""
    return [(each.code, each.label) for each in kinds()]


def offered_kinds() -> list[tuple[str, Words]]:
    """Return code and name of each kind in use: what a new record is given."""
    return [(each.code, each.label) for each in kinds() if not each.is_retired]


def refuse_kind(code: str, before: str = "") -> None:
    """Raise ValidationError at ``kind`` for one that a record cannot be given: unknown, or retired and not its kind already.

    It asks the rows, not what is kept of them for pages: a kind that was retired a moment ago is refused.
    """
    if code == before:
        return
    scope = current_scope()
    now = kinds_now(scope.bureau) if scope and scope.bureau > 0 else _kinds([])
    known = next((each for each in now if each.code == code), None)
    if known is None:
        raise ValidationError({"kind": _("Choose what the dispute is about.")})
    if known.is_retired:
        words = _("“%(name)s” is no longer in use. Choose another kind.")
        raise ValidationError({"kind": words % {"name": known}})


def kind_label(code: str) -> str:
    """Return what a kind is called, or the code itself if the bureau has no such kind."""
    return str(dict(all_kinds()).get(code, code))


def kind_on_paper(code: str) -> str:
    """Return the Chinese word of a kind."""
    if code in DisputeKind.values:
        return _ON_PAPER[DisputeKind(code)]
    own = next((each for each in kinds() if each.code == code), None)
    return (own.name or own.name_en) if own else code


class KindNames(Mapping[str, Words]):
    """The names of all kinds by code, for the audit log."""

    def __getitem__(self, code: str) -> Words:
        return dict(all_kinds())[code]

    def __iter__(self) -> Iterator[str]:
        return (each.code for each in kinds())

    def __len__(self) -> int:
        return len(kinds())
