"""Between what a template shows stands no punctuation of one language: a colon and a comma look different in Chinese."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SENTENCE = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}|{#.*?#}|<style.*?</style>|<[^>]*>", re.DOTALL)
BETWEEN = re.compile(r"(?:%}|}})[:,;] .{0,30}|(?:%}|}})[:,;]$", re.MULTILINE)
COORDINATES = "{{ visit.latitude|unlocalized }}, "  # as maps take them


def test_no_colon_or_comma_of_one_language() -> None:
    found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = SENTENCE.sub("", path.read_text(encoding="utf-8")).replace(COORDINATES, "")
        if faults := BETWEEN.findall(text):
            found[path.relative_to(TEMPLATES).as_posix()] = faults
    assert not found
