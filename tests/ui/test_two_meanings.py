"""Words that mean two things in English are two words in Chinese: the answers of acts on many, rows of sheets."""

from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils import translation

from imports.choices import RowState


def test_the_link_to_a_refused_row_says_what_it_does() -> None:
    run = SimpleNamespace(
        pk=1, is_over=True, state="done", refused=[1], done=0, left=[], list_url="/enterprises/"
    )
    refused = [(1, "宏远汽修", "/file/1/", "当日已排满。")]
    told = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told[language] = render_to_string("accounts/_bulk_run.html", {"run": run, "refused": refused})
    assert '<a href="/file/1/">Open</a>' in told["en"]
    assert '<a href="/file/1/">打开</a>' in told["zh-hans"], "not the state of a dispute"


def test_a_row_of_a_sheet_is_written_into_the_register_and_not_made_like_a_message() -> None:
    with translation.override("zh-hans"):
        assert str(RowState.WRITTEN.label) == "已写入"
