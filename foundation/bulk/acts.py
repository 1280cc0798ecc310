"""What a list declares that can be done with many of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.accounts.actors import Actor
from foundation.exports.source import view_at
from foundation.words import Words

MOST = 2_000  # rows of one act


@dataclass
class Judgement:
    """What an act would do to rows now: do it, find it so already, or refuse it for a reason.

    ``replaces`` names what a row that is ready would lose by it, such as its present officer. ``words`` say what else
    becomes of those that are ready, ``parts`` are listed below them.
    """

    ready: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    replaces: dict[int, str] = field(default_factory=dict)
    words: str = ""
    parts: list[str] = field(default_factory=list)


class BulkAct:
    """An act on rows of a list. It calls the operation of the single act, which checks permission and state again.

    ``needs`` names the fields of the form without which nothing can be judged. Up to ``at_once`` rows are done in the
    request, more by a worker. ``icon`` stands on the button, ``label`` names the act there and on its page.
    """

    code: str
    label: Words
    text: Words = ""
    replaces_text: Words = ""  # stands before what the rows will lose
    icon: str = ""
    leads_on: str = ""  # the icon of what comes next, if what was made (``made``) is what the act is for
    permission: str
    form_class: Any
    needs: tuple[str, ...] = ()
    at_once: int = 200

    def form_kwargs(self, actor: Actor) -> dict[str, Any]:
        """Return what the form needs besides the input."""
        return {}

    def initial(self, actor: Actor, ids: Sequence[int]) -> dict[str, Any]:
        """Return what the form begins with for these rows, of which there is at least one."""
        return {}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the input as values that JSON knows. ``values`` has at least the fields that it ``needs``."""
        raise NotImplementedError

    def button(self, count: int) -> str:
        """Return the words of the button that does it to so many."""
        raise NotImplementedError

    def result(self, count: int) -> str:
        """Return the sentence that says that it was done to so many."""
        raise NotImplementedError

    def same(self, count: int) -> str:
        """Return the sentence that says that so many were so already."""
        raise NotImplementedError

    def names(self, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
        """Return the names of those of the rows that the actor may see, in the order of the list."""
        raise NotImplementedError

    def address(self, pk: int) -> str:
        """Return the address of one record."""
        raise NotImplementedError

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        """Return what the act would do to each row. A row that the actor does not see is in no part of it.

        A constant number of queries. Raises ValidationError for what is wrong with the input itself.
        """
        raise NotImplementedError

    def groups(self, actor: Actor, ids: Sequence[int]) -> dict[int, int]:
        """Return the group of each row that is done together with others: all at the same time, or none.

        A row in none is done alone. At most one query.
        """
        return {}

    def lock(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        """Lock what the act changes, where its operations would do so in an order that collides with others."""

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        """Do it to all of these rows or to none, through the operation, which raises what it refuses."""
        raise NotImplementedError

    def made(self, actor: Actor, arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return words and address of what a finished run has made, for its page. At most one query."""
        return []


def acts_at(path: str) -> Sequence[BulkAct]:
    """Return the acts that the list at an address declares."""
    declared: Sequence[BulkAct] = getattr(getattr(view_at(path), "view_class", None), "bulk_acts", ())
    return declared


def act_at(path: str, code: str) -> BulkAct | None:
    """Return the act of the list at an address, None if it has none of this code (any more)."""
    return next((act for act in acts_at(path) if act.code == code), None)


def title_at(path: str) -> Words:
    """Return the title of the list at an address, for the reader's language; empty if it depends on more than the address."""
    title: Words = getattr(getattr(view_at(path), "view_class", None), "title", "")
    return title
