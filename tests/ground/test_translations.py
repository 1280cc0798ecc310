"""The message collector: what it finds, what it keeps, what it reports."""

import gettext
import re
from pathlib import Path

import polib
from django.conf import settings

from config.management.commands import translations
from config.management.commands.translations import Key, Message


def test_python_messages() -> None:
    source = (
        "a = _('one' ' and two'); b = ngettext('%(n)d thing', '%(n)d things', n)\n"
        "c = pgettext_lazy('portal', 'Hazards'); d = _(a); e = translation.gettext('three')\n"
    )
    assert set(translations.python_messages(source)) == {
        (Key(None, "one and two"), ""),
        (Key(None, "%(n)d thing"), "%(n)d things"),
        (Key("portal", "Hazards"), ""),
        (Key(None, "three"), ""),
    }


def test_template_messages_are_the_ones_django_looks_up() -> None:
    source = """{% load i18n %}
    {% translate "100% sure" %}{% if a %}{% translate 'in if' context "menu" as b %}{% endif %}
    {% include "x.html" with title=_("passed on") %}{{ a|default:_("filter") }}{# {% translate "comment" %} #}
    {% blocktranslate trimmed count n=a|length %}
       {{ n }} thing
    {% plural %}
       {{ n }} things
    {% endblocktranslate %}"""
    assert set(translations.template_messages(source, "place.html")) == {
        (Key(None, "100%% sure"), ""),
        (Key("menu", "in if"), ""),
        (Key(None, "passed on"), ""),
        (Key(None, "filter"), ""),
        (Key(None, "%(n)s thing"), "%(n)s things"),
    }


def catalogue(**texts: str) -> polib.POFile:
    messages = {Key(None, text): Message(Key(None, text), places={"a.py"}) for text in texts}
    merged = translations.merge(polib.POFile(), messages, "zh-hans")
    for entry in merged:
        entry.msgstr = texts[entry.msgid]
    return merged


def test_merging_keeps_translations_and_marks_obsolete_ones() -> None:
    old = catalogue(kept="留", gone="去")
    messages = {
        Key(None, text): Message(Key(None, text), places={"b.py", "a.py"}) for text in ("new", "kept")
    }
    merged = translations.merge(old, messages, "zh-hans")
    assert [(e.msgid, e.msgstr, bool(e.obsolete)) for e in merged] == [
        ("kept", "留", False),
        ("new", "", False),
        ("gone", "去", True),
    ]
    assert str(translations.merge(merged, messages, "zh-hans")) == str(merged), "a second run changes nothing"
    back = translations.merge(
        merged, messages | {Key(None, "gone"): Message(Key(None, "gone"), places={"a.py"})}, "zh"
    )
    assert back.find("gone").msgstr == "去"


def test_problems() -> None:
    texts = {"%(n)s left": "剩", "fine": "好", "{name} met": "见{name}", "fuzzy": "?", "old": "旧"}
    known = catalogue(**texts)
    known.find("fuzzy").flags.append("fuzzy")
    wanted = {Key(None, t): Message(Key(None, t), places={"a.py"}) for t in [*texts, "missing"] if t != "old"}
    assert translations.find_problems(known, wanted) == [
        "fuzzy: 'fuzzy' (a.py)",
        "no longer used: 'old'",
        "not translated: 'missing' (a.py)",
        "placeholders differ: '%(n)s left' (a.py)",
    ]


def test_plurals_are_compiled(tmp_path: Path) -> None:
    key = Key(None, "%(n)s thing")
    messages = {key: Message(key, "%(n)s things", {"a.py"})}
    merged = translations.merge(polib.POFile(), messages, "zh-hans")
    merged[0].msgstr_plural = {0: "%(n)s 件"}
    assert translations.find_problems(merged, messages) == []
    merged.save(str(tmp_path / "django.po"))
    translations.write_catalogue(tmp_path / "django.po")
    with (tmp_path / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).ngettext("%(n)s thing", "%(n)s things", 1) == "%(n)s 件"


def test_the_chinese_follows_the_glossary() -> None:
    """Full-width signs without a space beside them, a space beside Latin letters and figures, 您, one form of a plural."""
    po = polib.pofile(str(Path(settings.BASE_DIR) / "locale/zh_Hans/LC_MESSAGES/django.po"))
    assert po.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    half_width = re.compile(
        r"[\u4e00-\u9fff][,;:!?()]|[,;!?()][\u4e00-\u9fff]|[\u4e00-\u9fff] [，。；：、（）]|[，。；：、（）] "
        r"|[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]|你"
    )
    placeholder = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]*>")
    wrong = [
        (entry.msgid, text)
        for entry in po
        if not entry.obsolete
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if half_width.search(placeholder.sub("…", text))
    ]
    assert wrong == []
