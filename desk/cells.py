"""The cells of the bureau's comparison: figures, each of which opens its list."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from desk.comparing import COLOURS, Figures
from foundation.ui.templatetags import anqi as tags

NOTHING = mark_safe("")


def opened(shown: Any, url: str, tone: str = "") -> SafeString:
    """Return what is shown as a link to its list; plain if there is none."""
    if url:
        return format_html('<a class="{}" href="{}">{}</a>', tone, url, shown)
    return format_html('<span class="{}">{}</span>', tone, shown)


def figure(value: Any, url: str = "", *, places: int = 0, unit: str = "", tone: str = "") -> SafeString:
    """Return a figure that opens its list. Nothing has no list."""
    if value is None:
        return tags.DASH
    if not value:
        return format_html('<span class="quiet">{}{}</span>', tags.num(value, places), unit)
    return opened(format_html("{}{}", tags.num(value, places), unit), url, tone)


def coloured(counts: Mapping[str, int], urls: Mapping[str, str]) -> SafeString:
    """Return the colours as a bar and as figures."""
    figures = [
        (opened(format_html("{}{}", tags.colour(name, "shape"), tags.num(counts[name])), urls[name]),)
        for name in COLOURS
        if counts.get(name)
    ]
    if not figures:
        return tags.DASH
    return format_html(
        '{}<span class="bureau-colours">{}</span>',
        tags.split(dict(counts)),
        format_html_join(mark_safe(" "), "{}", figures),
    )


def moved(figures: Figures, quarter: str) -> SafeString:
    """Return how many enterprises fell and rose; a dash if no quarter can be compared."""
    if not quarter:
        return tags.DASH
    ways = (
        (figures.down, "down", "▼", _("worse"), "delta delta-bad"),
        (figures.up, "up", "▲", _("better"), "delta delta-good"),
    )
    parts = [
        (
            opened(
                format_html(
                    '<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span> {}',
                    *(sign, word, tags.num(number)),
                ),
                figures.rated(quarter, way=way),
                tone,
            ),
        )
        for number, way, sign, word, tone in ways
        if number
    ]
    return format_html_join(mark_safe(" "), "{}", parts) if parts else figure(0)


def on_time(figures: Figures) -> SafeString:
    """Return the share of hazards rectified on time, and how many were not."""
    urls = figures.urls
    rate = figure(figures.on_time_rate, urls["judged"], places=0, unit="%")
    if figures.on_time_rate == 0:
        rate = opened("0%", urls["judged"])
    if not figures.late:
        return rate
    late = opened(_("%(count)s late") % {"count": tags.num(figures.late)}, urls["late"])
    return format_html('{} <span class="bureau-beside">{}</span>', rate, late)


def work(figures: Figures, url: str) -> SafeString:
    """Return the open work of a station for each of its officers, and all of it."""
    whole = figure(figures.open_work, url)
    if figures.work_per_officer is None:
        return whole
    share = figure(figures.work_per_officer, places=1)
    return format_html('{} <span class="bureau-beside">{} ÷ {}</span>', share, whole, figures.officers)


def coverage(figures: Figures) -> SafeString:
    """Return the share of enterprises inspected within twelve months, and how many were not."""
    share = figure(figures.coverage, figures.urls["inspected"], unit="%")
    if not figures.not_inspected:
        return share
    others = opened(
        _("%(count)s not") % {"count": tags.num(figures.not_inspected)}, figures.urls["not_inspected"]
    )
    return format_html('{} <span class="bureau-beside">{}</span>', share, others)
