"""The one search, over everything that apps declare in their ``search.py``.

One statement reads the first hits of each kind and counts the others. It is composed once for a reader and for texts that are
alike (``desk/shapes.py``). What somebody opened last is kept by the browser as kinds and ids alone; what they read is asked
here, so nothing is offered that the person may no longer see.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from django.db.models import Count, QuerySet, TextField, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, JSONObject
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.generic import TemplateView

from desk.access import Permission
from desk.marking import marked
from desk.shapes import Shape, with_text
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.search import Findable, Found, Hit, findables
from foundation.database.composing import Days, Statement, union
from foundation.identifiers import readable
from foundation.ids import id_of
from foundation.searching import words_of
from foundation.ui import links
from foundation.ui.shell import SEARCH, may_open
from foundation.ui.views import Page
from foundation.words import Words

LONGEST = 100  # as in the lists
SHORTEST = 2  # of letters and digits; one Chinese character is a word
OF_EACH, OF_ONE, OPENED = 5, 20, 8  # hits shown of each kind, of a chosen one, and opened last
FOUND = "found"  # the element with the hits
STATEMENTS = 256  # kept by a process, of 30 kB each


@dataclass
class Shown:
    """A hit as the page shows it."""

    kind: Findable
    key: int
    hit: Hit
    words: list[str]

    @property
    def url(self) -> str:
        return reverse(self.kind.page, args=[self.key])

    @property
    def title(self) -> Words:
        return self._marked(self.hit.title)

    @property
    def line(self) -> list[Words]:
        return [self._marked(part) for part in self.hit.line]

    def _marked(self, text: Words) -> Words:
        return marked(
            str(text), self.words, is_name=text in self.hit.names, is_person=text in self.hit.people
        )


@dataclass
class Group:
    """The hits of one kind: those that are shown, and how many there are."""

    kind: Findable
    total: int = 0
    shown: list[Shown] = field(default_factory=list)
    text: str = ""

    @property
    def kind_url(self) -> str:
        """The search with this kind alone."""
        return links.to(SEARCH, q=self.text, kind=self.kind.code)

    @property
    def all_url(self) -> str:
        """The list of exactly the records that are counted; "" if there is none."""
        return (
            links.to(self.kind.list_page, q=self.text, **self.kind.list_query) if self.kind.list_page else ""
        )


class Search(Page, TemplateView):
    """What a text finds. htmx puts the hits into the dialog of any page; without scripts this is a page."""

    permission = Permission.SEARCH_RECORDS

    @property
    def is_fragment(self) -> bool:
        htmx = self.request.htmx
        return bool(htmx) and htmx.target == FOUND

    def get_template_names(self) -> list[str]:
        return ["desk/_found.html" if self.is_fragment else "desk/search.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = readable(self.given("q").replace("\x00", ""))[:LONGEST]
        chosen = self.one_of("kind", [each.code for each in kinds_of(self.actor)], "")
        is_short = is_too_short(text)
        groups = [] if is_short else find(self.actor, text, chosen)
        return super().get_context_data(
            is_search=True,
            is_fragment=self.is_fragment,
            everything_url=links.to(SEARCH, q=text),
            text=text,
            is_short=is_short,
            chosen=chosen,
            total=sum(each.total for each in groups),
            kinds=groups,
            groups=[each for each in groups if not chosen or each.kind.code == chosen],
            opened=[] if text else opened(self.actor, self.request.GET.get("opened", "")),
            create_url=create_url(self.actor),
            **context,
        )

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = super().render_to_response(context, **options)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response


def is_too_short(text: str) -> bool:
    """Return whether a text is empty or a single Latin letter or digit, which would find nearly everything."""
    return len(text) < SHORTEST and text.isascii()


def kinds_of(actor: Actor) -> list[Findable]:
    """Return the kinds that the actor may see, in the order of the page."""
    seen = [each for each in findables if allows(actor, each.permission)]
    return sorted(
        (each for each in seen if each.for_police or not actor.is_police), key=lambda each: each.rank
    )


def find(actor: Actor, text: str, chosen: str = "") -> list[Group]:
    """Return the kinds in which something was found; more hits of the one that is chosen. One statement."""
    groups = {each.code: Group(each, text=text) for each in kinds_of(actor)}
    for code, total, shown in _hits(actor, text, statement(actor, text, chosen)):
        groups[code].total = total
        groups[code].shown.append(shown)
    return [each for each in groups.values() if each.total]


def statement(actor: Actor, text: str, chosen: str = "") -> Statement:
    """Return the statement of a search. Most of the time to build it is spared where a text of its shape was searched."""
    shape = Shape.of(text) if all(each.by_words for each in asked_for(actor, text)) else None
    if shape is None:
        return composed(actor, text, chosen)
    # who it is, and not from where: each request has another id
    reader = replace(actor, name="", organisation="", address="", request_id="")
    return with_text(_composed_once(reader, shape, chosen, timezone.localdate()), shape, text)


@lru_cache(STATEMENTS)
def _composed_once(reader: Actor, shape: Shape, chosen: str, _today: dt.date) -> Statement:
    return composed(reader, shape.text, chosen, [each for each in kinds_of(reader) if each.asks is None])


def asked_for(actor: Actor, text: str) -> list[Findable]:
    """Return the kinds of which a text may find something."""
    return [each for each in kinds_of(actor) if each.asks is None or each.asks(text)]


def composed(actor: Actor, text: str, chosen: str, kinds: Sequence[Findable] | None = None) -> Statement:
    """Compose the statement of a search from what the kinds declare: those of which the text may find something."""
    kinds = asked_for(actor, text) if kinds is None else kinds
    limits = {each.code: OF_ONE if each.code == chosen else OF_EACH for each in kinds}
    return union(_part(actor, each, each.rows(actor, text), limits[each.code]) for each in kinds)


def opened(actor: Actor, asked: str) -> list[Shown]:
    """Return the records that "hazards:5,enterprises:12" names, in this order, without those that are not to be seen."""
    kinds = {each.code: each for each in kinds_of(actor)}
    wanted: dict[tuple[str, int], None] = {}
    for each in asked.split(",")[:OPENED]:
        code, _colon, number = each.partition(":")
        key = id_of(number)
        if code in kinds and key is not None:
            wanted[code, key] = None
    parts = []
    for code in dict.fromkeys(code for code, _key in wanted):
        keys = [key for of, key in wanted if of == code]
        parts.append(_part(actor, kinds[code], kinds[code].rows(actor, "").filter(pk__in=keys), OPENED))
    found = (
        {(code, shown.key): shown for code, _total, shown in _hits(actor, "", union(parts))} if parts else {}
    )
    return [found[each] for each in wanted if each in found]


def create_url(actor: Actor) -> str:
    """Return the page for a new enterprise, "" if the actor may not register one."""
    return reverse("enterprises:create") if may_open("enterprises:create", actor) else ""


def _hits(actor: Actor, text: str, asked: Statement) -> Iterable[tuple[str, int, Shown]]:
    """Yield the code of the kind, how many there are of it, and a hit."""
    words = words_of(text)
    for code, key, total, values in asked.rows(Days(timezone.localdate())):
        kind = findables[code]
        yield code, total, Shown(kind, key, kind.hit(Found(actor, text, json.loads(values))), words)


def _part(actor: Actor, kind: Findable, rows: QuerySet[Any], most: int) -> Statement:
    """Compile what counts the rows of a kind and reads the first ones; only those are read whole."""
    hits = Statement.of(
        rows.annotate(total_=Window(Count("*"))).order_by(*kind.order).values_list("pk", "total_")[:most]
    )
    whole = _whole(kind.code) if kind.whole else Statement.of(_values(kind, kind.rows(actor, "")))
    sql = f'SELECT %s, hit."pk", hit."total_", ({whole.sql}) FROM ({hits.sql}) hit'
    return Statement(sql, (kind.code, *whole.params, *hits.params))


@cache
def _whole(code: str) -> Statement:
    """Compile what reads a row whole: once, as it is the same for everybody."""
    kind = findables[code]
    assert kind.whole
    return Statement.of(_values(kind, kind.whole()))


def _values(kind: Findable, rows: QuerySet[Any]) -> QuerySet[Any]:
    values = Cast(JSONObject(**kind.values), TextField())
    return rows.filter(pk=RawSQL('hit."pk"', ())).order_by().values_list(values)
