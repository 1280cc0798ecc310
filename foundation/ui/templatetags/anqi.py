"""Tags for what pages show often: a colour, a due day, a number. Built in, so no template loads them.

Every tag returns escaped HTML; none queries the database. docs/pages.md shows an example of each.
"""

import datetime as dt
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext
from structlog.contextvars import get_contextvars

from foundation.accounts.choices import Role
from foundation.contributions import file
from foundation.periods import Period
from foundation.ui.filters import NOT, Picks, PicksField, WordsOfDays
from foundation.ui.forms import Fault, faults_of
from foundation.ui.pickers import pinyin_of, words_of
from foundation.words import between_sentences, listed

register = template.Library()

DASH = mark_safe('<span class="quiet" aria-hidden="true">–</span>')
COLOURS = ("green", "yellow", "red", "grey")
WORDS = {
    "green": gettext_lazy("Green"),
    "yellow": gettext_lazy("Yellow"),
    "red": gettext_lazy("Red"),
    "grey": gettext_lazy("Not rated"),
}
LONG_WORDS = {
    "green": gettext_lazy("Green · excellent"),
    "yellow": gettext_lazy("Yellow · good"),
    "red": gettext_lazy("Red · non-compliant"),
    "grey": gettext_lazy("Grey · not rated"),
}
# Inline SVG, not a CSS background: it is printed, and shown in Windows' high-contrast mode.
SHAPES = {
    "green": '<circle cx="6" cy="6" r="5.2"/>',
    "yellow": '<path d="M6 .2 11.8 6 6 11.8.2 6z"/>',
    "red": '<path d="M6 .8 11.9 11.2H.1z"/>',
    "grey": '<circle cx="6" cy="6" r="4.3" fill="none" stroke-width="2"/>',
}
SHAPES = {
    name: mark_safe(f'<svg class="hue-shape" viewBox="0 0 12 12" aria-hidden="true">{body}</svg>')
    for name, body in SHAPES.items()
}
_MENU_ITEM = 'class="dropdown-item'
FIRST_FILTERS = 6  # of a long form
SOON_DAYS = 3
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b", re.ASCII)


@register.simple_tag
def colon() -> str:
    """Return what stands between a label and its value."""
    return pgettext("label", ": ")


@register.simple_tag
def comma() -> str:
    """Return what stands between two items of a list in one line."""
    return pgettext("list", ", ")


@register.simple_tag
def gap() -> str:
    """Return what stands between two sentences, or after a colon that ends one."""
    return between_sentences()


@register.simple_tag
def colour(value: Any, variant: str = "") -> SafeString:
    """Return a rating colour as shape, word and hue. ``variant``: "" short word, "long" with meaning, "shape" alone.

    The shape alone still has its word for screen readers. Anything that is not a colour shows as a dash.
    """
    name = str(value or "")
    return _colour(name, variant, get_language()) if name in COLOURS else DASH


@cache
def _colour(name: str, variant: str, _language: str | None) -> SafeString:
    word = LONG_WORDS[name] if variant == "long" else WORDS[name]
    if variant == "shape":
        return format_html(
            '<span class="hue hue-{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
            name,
            word,
            SHAPES[name],
            word,
        )
    return format_html('<span class="hue hue-{}">{}{}</span>', name, SHAPES[name], word)


@register.simple_tag
def due(value: dt.date | dt.datetime | None, done: Any = False) -> SafeString:
    """Return a deadline in words ("3 days overdue", "due in 2 days"), with the ISO day as its title.

    ``done`` (anything truthy) shows the bare day: what is finished is neither late nor soon.
    """
    day = as_day(value)
    if day is None:
        return DASH
    return _due(day, (day - timezone.localdate()).days, bool(done), get_language())


@lru_cache(maxsize=1024)
def _due(day: dt.date, left: int, done: bool, _language: str | None) -> SafeString:
    if done:
        text, state = day.isoformat(), "done"
    elif left < 0:
        text, state = (
            ngettext("%(days)d day overdue", "%(days)d days overdue", -left) % {"days": -left},
            "over",
        )
    elif left == 0:
        text, state = gettext("due today"), "soon"
    elif left == 1:
        text, state = gettext("due tomorrow"), "soon"
    elif left <= 60:
        text = ngettext("due in %(days)d day", "due in %(days)d days", left) % {"days": left}
        state = "soon" if left <= SOON_DAYS else "later"
    else:
        text, state = day.isoformat(), "later"
    return format_html(
        '<time class="due due-{}" datetime="{}" title="{}">{}</time>',
        state,
        day.isoformat(),
        day.isoformat(),
        text,
    )


@register.simple_tag
def day(value: dt.date | dt.datetime | None) -> SafeString:
    """Return a day or moment as in tables: 2026-10-04, or 2026-10-04 00:30 for a moment (local time)."""
    if value is None or value == "":
        return DASH
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), local.strftime("%Y-%m-%d %H:%M")
        )
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.isoformat())


@register.filter
def whole_days(text: Any) -> SafeString:
    """Return a text in which no day breaks at its hyphens: *Routine inspection 2026-10-04*."""
    return mark_safe(_DAY.sub(r'<span class="text-nowrap">\g<0></span>', conditional_escape(text)))


@register.simple_tag
def num(value: Any, places: int = 0) -> SafeString | str:
    """Return a number with grouped thousands and fixed places, rounded half up; a dash for none."""
    rounded = as_decimal(value, places)
    return DASH if rounded is None else f"{rounded:,.{places}f}"


@register.simple_tag
def fen(value: int) -> str:
    """Return an amount of fen in yuan with grouped thousands: 144,000, and 33.34 where it is no whole number of yuan."""
    return f"{value // 100:,}" if value % 100 == 0 else f"{Decimal(value).scaleb(-2):,.2f}"


@register.simple_tag
def delta(value: Any, places: int = 0, good: str = "up") -> SafeString:
    """Return a change: ▲ or ▼, with a word for screen readers. ``good`` ("up", "down", "none"): which way is green."""
    change = as_decimal(value, places)
    if change is None:
        return DASH
    if change == 0:
        return format_html('<span class="delta">{}</span>', gettext("no change"))
    up = change > 0
    tone = "" if good == "none" else ("delta-good" if (good == "up") == up else "delta-bad")
    return format_html(
        '<span class="delta {}"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span> {}</span>',
        tone,
        "▲" if up else "▼",
        gettext("up") if up else gettext("down"),
        f"{abs(change):,.{places}f}",
    )


@register.simple_tag
def bar(value: Any, maximum: Any = 100, tone: str = "", label: str = "") -> SafeString:
    """Return a horizontal bar of ``value`` out of ``maximum`` as SVG. ``tone``: "", or a colour's name."""
    top = as_decimal(maximum, 6) or Decimal(0)
    share = Decimal(0) if top <= 0 else (as_decimal(value, 6) or Decimal(0)) * 100 / top
    share = max(Decimal(0), min(Decimal(100), share)).quantize(Decimal("0.1"))
    return format_html(
        '<svg class="bar {}" role="img" aria-label="{}"><rect class="bar-fill" width="{}%" height="8" rx="4"/></svg>',
        f"bar-{tone}" if tone else "",
        label or f"{share:.0f}%",
        share,
    )


@register.simple_tag
def split(counts: dict[str, int]) -> SafeString:
    """Return one bar of four colours from {"green": 1402, "yellow": 518, ...}, with its figures for screen readers."""
    total = sum(int(counts.get(name) or 0) for name in COLOURS)
    parts, x = [], Decimal(0)
    for name in COLOURS:
        width = Decimal(int(counts.get(name) or 0)) * 1000 / total if total else Decimal(0)
        if width:
            parts.append((name, f"{x:.2f}", f"{max(width - 2, Decimal(1)):.2f}"))
        x += width
    words = listed(f"{WORDS[name]} {int(counts.get(name) or 0):,}" for name in COLOURS)
    rects = format_html_join("", '<rect class="fill-{}" x="{}" width="{}" height="14"/>', parts)
    return format_html(
        '<svg class="split" viewBox="0 0 998 14" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        words,
        rects,
    )


@register.simple_tag
def track(score: Any, yellow: Any = 70, green: Any = 85, target: Any = None) -> SafeString:
    """Return a score on the scale of colours: 0 to 100, thresholds marked, a second mark for the target."""
    low, high = (
        max(Decimal(0), min(Decimal(100), as_decimal(each, 1) or Decimal(0))) for each in (yellow, green)
    )
    marks = []
    for value, name in ((target, "target"), (score, "score")):
        at = as_decimal(value, 1)
        if at is not None:
            marks.append((name, max(Decimal(0), min(Decimal(100), at))))
    # Percentages without a viewBox: the bar grows with the page, its labels and marks do not.
    return format_html(
        '<svg class="track" role="img" aria-label="{}"><g class="track-zones">'
        '<rect class="zone-red" y="5" width="{}%" height="12"/>'
        '<rect class="zone-yellow" x="{}%" y="5" width="{}%" height="12"/>'
        '<rect class="zone-green" x="{}%" y="5" width="{}%" height="12"/></g>{}'
        '<text y="38">{}</text><text class="mid" x="{}%" y="38">{} {}</text>'
        '<text class="end" x="100%" y="38">{} {}</text></svg>',
        gettext("Score %(score)s; yellow from %(yellow)s, green from %(green)s")
        % {"score": num(score, 1), "yellow": num(low), "green": num(high)},
        low,
        low,
        high - low,
        high,
        100 - high,
        format_html_join("", '<rect class="mark-{}" x="{}%" width="4" height="22" rx="2"/>', marks),
        WORDS["red"],
        low,
        num(low),
        WORDS["yellow"],
        num(high),
        WORDS["green"],
    )


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Return a Tabler icon, hidden from screen readers: the text beside it is read."""
    return format_html('<i class="ti ti-{} {}" aria-hidden="true"></i>', name, classes)


@register.simple_block_tag
def more(content: str) -> SafeString:
    """Return a menu of the links of a page's head that few people follow; of one link that link, as a button.

    The links are of the class ``dropdown-item``. No menu remains where none of them is shown.
    """
    links = mark_safe(content.strip())
    if links.count(_MENU_ITEM) <= 1:
        return mark_safe(links.replace(_MENU_ITEM, 'class="btn'))
    return render_to_string("ui/_more.html", {"links": links})


@register.simple_tag
def initials(name: Any) -> str:
    """Return the text of an avatar: the family name's character, or the first letters of two words."""
    words = str(name or "").split()
    if not words:
        return "?"
    if not words[0].isascii():
        return words[0][0]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@register.inclusion_tag("_empty.html")
def empty(icon: str, title: str, text: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    """Show an empty page or card that says what to do first."""
    return {"icon": icon, "title": title, "text": text, "url": url, "label": label}


@register.simple_tag
def faults(form: Any, parts: Any = ()) -> list[Fault]:
    """Every error of a form and of the further forms of its page, as its summary lists them."""
    return faults_of(form, parts or ())


@register.filter
def shows_all_again(form: Any) -> bool:
    """Return whether a refused form is shown with everything that was typed: passwords and files are not."""
    types = {getattr(field.widget, "input_type", "") for field in form.fields.values()}
    return not types & {"password", "file"}


@register.simple_tag
def role_name(role: Any) -> str:
    """Return the word for a role, in the person's language."""
    return str(Role(role).label) if role in Role.values else str(role or "")


@register.simple_tag
def demo_fill(login: Any) -> str:
    """Return what a click on a demo login fills in: field ids and values as JSON. allauth sets the ids."""
    known = login if isinstance(login, dict) else vars(login)
    return json.dumps({"id_login": known["username"], "id_password": known["password"]}, ensure_ascii=False)


@register.simple_tag
def request_id() -> str:
    """Return the id of this request in the logs, "" outside one. Needs no context, so it works on the 500 page."""
    return str(get_contextvars().get("request_id") or "")


@register.simple_tag
def chart(kind: str, source: str, title: str = "", height: str = "md") -> SafeString:
    """Return a chart that charts.js draws from the json_script with id ``source``, with its figures as a table."""
    return format_html(
        '<figure class="drawing drawing-{}" data-chart="{}" data-source="{}" role="group" aria-label="{}"></figure>',
        height,
        kind,
        source,
        title,
    )


@register.simple_tag(takes_context=True)
def page_query(context: Any, field: str, value: Any, without: str = "") -> str:
    """Return the present query with one parameter changed, whose name is a variable, and another one removed."""
    query = context["request"].GET.copy()
    query[field] = str(value)
    if without:
        query.pop(without, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def filter_chips(context: Any, filterset: Any) -> list[dict[str, str]]:
    """Return the active filters as label, value and the URL without them."""
    request = context["request"]
    chips: list[dict[str, str]] = []
    if filterset is None or not getattr(filterset, "form", None):
        return chips
    filterset.form.is_valid()
    for bound in filterset.form:
        value = getattr(filterset.form, "cleaned_data", {}).get(bound.name)
        is_empty = not value if isinstance(value, Picks) else value in (None, "", [])
        if bound.is_hidden or is_empty or bound.html_name not in request.GET:
            continue
        query = request.GET.copy()
        for name in (bound.html_name, f"{bound.html_name}{NOT}", "page", "after", "before"):
            query.pop(name, None)
        chips.append(
            {
                "label": str(bound.label),
                "value": chosen_words(bound, value),
                "url": f"{request.path}?{query.urlencode()}",
            }
        )
    return chips


@register.simple_tag(takes_context=True)
def later_filters(context: Any, form: Any, search_name: str) -> dict[str, Any]:
    """Return which fields of a long form of filters wait behind "More filters", and whether one of them is in force."""
    shown = [bound for bound in form if not bound.is_hidden and bound.name != search_name]
    later = shown[FIRST_FILTERS:] if len(shown) > FIRST_FILTERS + 1 else []
    given = context["request"].GET
    return {
        "names": {bound.name for bound in later},
        "is_open": any(given.get(bound.html_name) for bound in later),
    }


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """Return ``mapping[key]``, or None."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def pinyin(name: Any) -> str:
    """Return what a picker also finds a person by: ``<option data-find="{{ officer|pinyin }}">``."""
    return pinyin_of(str(name))


@register.filter
def get_values(query: QueryDict, name: str) -> list[str]:
    """Return the values of a parameter of the URL that are not empty."""
    return [value for value in query.getlist(name) if value]


@register.filter
def quarter(code: str) -> str:
    """Return a quarter's code (2026Q3) in words."""
    return str(Period.parse(code))


@register.filter
def unlocalized(value: Any) -> str:
    """Return a number as HTML attributes need it: 1234.5, in every language."""
    return str(value)


@register.filter
def as_json(value: Any) -> str:
    """Return a value as JSON for an attribute (htmx's hx-vals). The template escapes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def as_decimal(value: Any, places: int) -> Decimal | None:
    """Return ``value`` rounded half up to ``places``, None if it is not a number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except ArithmeticError:
        return None


def as_day(value: Any) -> dt.date | None:
    """Return the local day of a date or moment, None for anything else."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


def chosen_words(bound: Any, value: Any) -> str:
    """Return a filter's value in words: the object's name, the choice's label, what was picked, yes or no."""
    if picked := words_of(bound.field.widget, value):
        return picked
    if isinstance(bound.field, PicksField | WordsOfDays):
        return bound.field.words(value)
    values = list(value) if isinstance(value, list | tuple | set) or hasattr(value, "iterator") else [value]
    if any(
        hasattr(each, "pk") for each in values
    ):  # a model object has its name; reading the choices would be a query
        return listed(values)
    labels: dict[bool | str, str] = {True: gettext("yes"), False: gettext("no")}
    labels |= {
        str(key): str(label)
        for key, label in getattr(bound.field, "choices", ())
        if isinstance(key, str | int)
    }

    def word(each: Any) -> str:
        if isinstance(each, bool):
            return str(labels.get(str(each).lower(), labels[each]))
        return str(labels.get(str(each), each))

    return listed(map(word, values))


@register.simple_tag
def file_url(enterprise_id: int, tab: str = "") -> str:
    """Return the URL of an enterprise's file, or of one of its tabs."""
    return file.address_of(enterprise_id, tab)
