"""The template tags of every page: words, shapes, numbers and escaping."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import format_html

from foundation.ui.templatetags.anqi import later_filters, whole_days

TODAY = dt.date(2026, 10, 4)


def show(source: str, **context: Any) -> str:
    """Render a template string with the configured engine; the tags are builtins."""
    return engines["django"].from_string(source).template.render(Context(context))


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    # 00:30 in Shanghai is still the previous day in UTC: the local day must count
    with (
        time_machine.travel(dt.datetime(2026, 10, 3, 16, 30, tzinfo=dt.UTC), tick=False),
        translation.override("en"),
    ):
        yield


@pytest.mark.parametrize(
    ("value", "word", "shape"),
    [
        ("green", "Green", "<circle"),
        ("yellow", "Yellow", "<path"),
        ("red", "Red", "<path"),
        ("grey", "Not rated", "none"),
    ],
)
def test_a_colour_always_has_its_word_and_shape(value: Any, word: str, shape: str) -> None:
    for variant in ("", "long", "shape"):
        html = show("{% colour value variant %}", value=value, variant=variant)
        assert f"hue-{value}" in html
        assert shape in html
        assert "<svg" in html
        assert word.lower() in html.lower()


def test_the_four_shapes_differ() -> None:
    assert (
        len(
            {
                show("{% colour value %}", value=v).split("</svg>")[0][-60:]
                for v in ("green", "yellow", "red", "grey")
            }
        )
        == 4
    )


@pytest.mark.parametrize("value", [None, "", "blue", "<b>"])
def test_an_unknown_colour_is_a_dash(value: Any) -> None:
    html = show("{% colour value %}", value=value)
    assert "hue" not in html
    assert "–" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("days", "words", "state"),
    [
        (-1, "1 day overdue", "over"),
        (-41, "41 days overdue", "over"),
        (0, "due today", "soon"),
        (1, "due tomorrow", "soon"),
        (3, "due in 3 days", "soon"),
        (4, "due in 4 days", "later"),
        (61, "2026-12-04", "later"),
    ],
)
def test_a_deadline_is_worded_by_its_distance(days: int, words: str, state: str) -> None:
    day = TODAY + dt.timedelta(days)
    html = show("{% due day %}", day=day)
    assert f">{words}<" in html
    assert f"due-{state}" in html
    assert f'title="{day.isoformat()}"' in html


def test_what_is_done_is_neither_late_nor_soon() -> None:
    assert "due-done" in show("{% due day done=closed %}", day=TODAY - dt.timedelta(9), closed=TODAY)


def test_a_moment_counts_by_its_local_day() -> None:
    assert "due today" in show("{% due at %}", at=dt.datetime(2026, 10, 3, 17, 0, tzinfo=dt.UTC))
    assert "2026-10-04 01:00" in show("{% day at %}", at=dt.datetime(2026, 10, 3, 17, 0, tzinfo=dt.UTC))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_numbers_are_grouped_and_rounded_half_up_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert (
            show("{% num 1234567 %} {% num a 1 %} {% num b 1 %}", a="76.05", b="76.04")
            == "1,234,567 76.1 76.0"
        )
        assert "–" in show("{% num value %}", value=None)


def test_a_change_says_its_direction_in_words() -> None:
    up, down = show("{% delta 61 %}"), show('{% delta -9 good="down" %}')
    assert "▲" in up
    assert "up" in up
    assert "delta-good" in up
    assert "61" in up
    assert "▼" in down
    assert "down" in down
    assert "delta-good" in down
    assert "-9" not in down
    assert "delta-bad" in show('{% delta 9 good="down" %}')
    assert "delta-g" not in show('{% delta 9 good="none" %}')
    assert "no change" in show("{% delta 0 %}")


@pytest.mark.parametrize(("value", "width"), [(3, "30.0"), (12, "100.0"), (-1, "0.0"), (None, "0.0")])
def test_a_bar_stays_within_its_frame(value: Any, width: str) -> None:
    html = show("{% bar value 10 %}", value=value)
    assert f'width="{width}%"' in html
    assert "style" not in html


def test_a_split_adds_up_and_reads_its_figures() -> None:
    html = show("{% split counts %}", counts={"green": 1402, "yellow": 518, "red": 131, "grey": 97})
    assert html.count("<rect") == 4
    assert "Green 1,402" in html
    assert "Not rated 97" in html
    assert show("{% split counts %}", counts={}).count("<rect") == 0


def test_a_track_marks_score_and_target() -> None:
    html = show("{% track 78.5 70 85 86 %}")
    assert 'mark-score" x="78.5%"' in html
    assert 'mark-target" x="86.0%"' in html
    assert "style" not in html
    assert "mark-target" not in show("{% track 78.5 %}")
    assert "mark-score" not in show("{% track score %}", score=None)


@pytest.mark.parametrize(
    ("name", "letters"), [("周明", "周"), ("Anna Maria Wei", "AW"), ("Li", "L"), ("", "?"), (None, "?")]
)
def test_initials(name: str | None, letters: str) -> None:
    assert show("{% initials name %}", name=name) == letters


def test_every_tag_escapes_what_people_type() -> None:
    bad = '"><script>alert(1)</script>'
    html = show(
        "{% empty bad bad bad bad bad %}{% icon bad %}{% chart bad bad bad %}{% bar 1 2 bad bad %}{% role_name bad %}"
        "{% initials bad %}{% colour bad %}{% num bad %}{{ data|as_json }}",
        bad=bad,
        data={"x": bad},
    )
    assert "<script" not in html


def test_a_role_has_its_word() -> None:
    assert show("{% role_name role %}", role="chief") == "Station chief"


def test_paging_keeps_the_other_parameters_and_sorting_starts_at_page_one() -> None:
    request = RequestFactory().get("/", {"q": "hong yuan", "page": "3"})
    assert show("{% page_query 'page' 4 %}", request=request) == "?q=hong+yuan&amp;page=4"
    assert show("{% page_query 'sort' 'name' 'page' %}", request=request) == "?q=hong+yuan&amp;sort=name"


class FilterForm(forms.Form):
    q = forms.CharField(label="Search", required=False)
    colour = forms.ChoiceField(label="Colour", required=False, choices=[("", "Any"), ("red", "Red")])
    vacant = forms.NullBooleanField(label="No liaison officer", required=False)


def test_chips_name_the_filters_in_force_and_lift_one_each() -> None:
    request = RequestFactory().get(
        "/list/", {"q": "港", "colour": "red", "vacant": "true", "page": "2", "sort": "name"}
    )
    chips = "{% filter_chips filter as chips %}{% for c in chips %}{{ c.label }}={{ c.value }} {{ c.url }}|{% endfor %}"
    html = show(chips, request=request, filter=SimpleNamespace(form=FilterForm(request.GET)))
    assert "Search=港 /list/?colour=red&amp;vacant=true&amp;sort=name|" in html
    assert "Colour=Red /list/?q=%E6%B8%AF&amp;vacant=true&amp;sort=name|" in html
    assert "No liaison officer=yes" in html
    assert (
        show(chips, request=RequestFactory().get("/list/"), filter=SimpleNamespace(form=FilterForm({}))) == ""
    )


@pytest.mark.parametrize(
    ("number", "query", "waiting", "is_open"),
    [
        (7, {}, set(), False),  # a button for one field would be no gain
        (8, {}, {"f6", "f7"}, False),
        (8, {"f2": "x"}, {"f6", "f7"}, False),
        (8, {"f7": "x"}, {"f6", "f7"}, True),  # what narrows the list is seen
    ],
)
def test_a_long_form_of_filters_shows_the_first_ones(
    number: int, query: dict[str, str], waiting: set[str], is_open: bool
) -> None:
    class Long(forms.Form):
        q = forms.CharField(required=False)
        kept = forms.CharField(required=False, widget=forms.HiddenInput)

    form = Long()
    form.fields |= {f"f{index}": forms.CharField(required=False) for index in range(number)}
    request = RequestFactory().get("/list/", query)
    assert later_filters({"request": request}, form, "q") == {"names": waiting, "is_open": is_open}


def test_days_of_a_text_stay_whole() -> None:
    shown = whole_days("<b> 2026-10-04 – 2026-10-05, 12026-10-045 & 清公〔2026〕1号")
    whole = '<span class="text-nowrap">{}</span>'.format
    first, last = whole("2026-10-04"), whole("2026-10-05")
    assert shown == f"&lt;b&gt; {first} – {last}, 12026-10-045 &amp; 清公〔2026〕1号"
    assert whole_days(format_html("<i>{}</i>", "2026-10-04")) == f"<i>{first}</i>"
    assert whole_days("检查2026-10-04起") == f"检查{first}起"
