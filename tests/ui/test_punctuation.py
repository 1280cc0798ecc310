"""Between what a template shows stands no punctuation of one language: a colon and a comma look different in Chinese."""

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.utils import translation

from foundation.ui.forms import faults_of

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SENTENCE = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{#.*?#}|<style.*?</style>|<[^>]*>", re.DOTALL
)
BETWEEN = re.compile(r"(?:%}|}})[:,;] .{0,30}|(?:%}|}})[:,;]$", re.MULTILINE)
COORDINATES = "{{ visit.latitude|unlocalized }}, "  # as maps take them


class Asking(forms.Form):
    what = forms.CharField(label="发生了什么？")
    day = forms.CharField(label="Day")


def test_no_colon_or_comma_of_one_language() -> None:
    found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = SENTENCE.sub("", path.read_text(encoding="utf-8")).replace(COORDINATES, "")
        if faults := BETWEEN.findall(text):
            found[path.relative_to(TEMPLATES).as_posix()] = faults
    assert not found


def test_a_question_has_no_colon_after_it() -> None:
    form = Asking({})
    with translation.override("zh-hans"):
        assert [fault.label for fault in faults_of(form)] == ["发生了什么", "Day"]
