"""``translations``: makemessages and compilemessages without GNU gettext, which a bare machine lacks."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template import Origin, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node
from django.template.engine import Engine
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation.template import constant_re

from foundation.contributions.project import project_apps

# The functions of django.utils.translation with the meaning of their arguments.
FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "text", "plural")),
}
PLACEHOLDER = re.compile(r"%\([^)]+\)[a-zA-Z]|%[sdr]|\{[a-zA-Z_0-9.]*\}")


class Key(NamedTuple):
    """The key under which gettext looks up a message."""

    context: str | None
    text: str


@dataclass
class Message:
    """A message found in code or templates, with the files that use it."""

    key: Key
    plural: str = ""
    places: set[str] = field(default_factory=set)


class Command(BaseCommand):
    help = "Collects the messages of code and templates into locale/. --check only reports what is missing or unused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail when something is missing"
        )
        parser.add_argument("--compile", action="store_true", help="only write the .mo files")

    def handle(self, *_args: Any, check: bool, compile: bool, **_options: Any) -> None:
        if compile:
            for folder in catalogues():
                for path in folder.glob("*/LC_MESSAGES/django.po"):
                    write_catalogue(path)
            return
        problems: list[str] = []
        count = 0
        for folder, sources in catalogues().items():
            messages = collect(sources)
            count += len(messages)
            for code, _name in settings.LANGUAGES:
                if code == settings.LANGUAGE_CODE:  # the code is written in this language
                    continue
                path = folder / _folder(code) / "LC_MESSAGES" / "django.po"
                old = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)
                problems += [f"{code}: {problem}" for problem in find_problems(old, messages)]
                if not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    merge(old, messages, code).save(str(path), newline="\n")
                    write_catalogue(path)
        if check and problems:
            shown = "\n".join(problems[:100])
            raise CommandError(
                f"{shown}\n{len(problems)} problems. Run manage.py translations, then translate in locale/."
            )
        self.stdout.write(f"{count} messages, {len(problems)} to look at.")


def _folder(code: str) -> str:
    language, _dash, script = code.partition("-")
    return f"{language}_{script.capitalize()}" if script else language


# --- collecting -----------------------------------------------------------------------------------------------------


def catalogues() -> dict[Path, list[Path]]:
    """Return each folder of catalogues with the folders whose messages it holds.

    An app with a ``locale/`` of its own keeps its messages there; all others share the project's.
    """
    root = Path(settings.BASE_DIR)
    folders = [Path(config.path) for config in project_apps()]
    own = {folder / "locale": [folder] for folder in folders if (folder / "locale").is_dir()}
    shared = {root / folder.relative_to(root).parts[0] for folder in folders if folder / "locale" not in own}
    return {root / "locale": sorted({*shared, root / "embedded", root / "templates"}), **own}


def collect(folders: Iterable[Path]) -> dict[Key, Message]:
    """Return every message of the code and templates below these folders."""
    root = Path(settings.BASE_DIR)
    found: dict[Key, Message] = {}
    folders = set(folders)
    elsewhere = {
        Path(config.path) for config in project_apps() if (Path(config.path) / "locale").is_dir()
    } - folders
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            if not elsewhere.isdisjoint(path.parents):
                continue  # an app below this folder that keeps its own messages
            place = path.relative_to(root).as_posix()
            if path.suffix == ".py" and "migrations" not in path.parts:
                messages: Iterable[tuple[Key, str]] = python_messages(path.read_text())
            elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
                messages = template_messages(path.read_text(), place)
            else:
                continue
            for key, plural in messages:
                message = found.setdefault(key, Message(key))
                message.plural = message.plural or plural
                message.places.add(place)
    return found


def python_messages(source: str) -> Iterator[tuple[Key, str]]:
    """Yield the messages of calls with constant texts. A variable's text is collected where it is written."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        meaning = FUNCTIONS.get(name, ())
        texts = [
            a.value
            for a in node.args[: len(meaning)]
            if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        if meaning and len(texts) == len(meaning):
            values = dict(zip(meaning, texts, strict=True))
            yield Key(values.get("context"), values["text"]), values.get("plural", "")


def template_messages(source: str, place: str) -> Iterator[tuple[Key, str]]:
    """Yield the messages of a template. Django itself compiles it, so the texts are the ones it will look up."""
    try:
        template = Template(source, origin=Origin(place), engine=Engine.get_default())
    except TemplateSyntaxError as error:
        raise CommandError(f"{place}: {error}") from error
    yield from _inside(template.nodelist, set())


def _inside(thing: Any, seen: set[int]) -> Iterator[tuple[Key, str]]:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, BlockTranslateNode):
        text, _names = thing.render_token_list(thing.singular)
        plural = thing.render_token_list(thing.plural)[0] if thing.plural else ""
        yield Key(_constant(thing.message_context), text), plural
    elif isinstance(thing, TranslateNode):
        variable = thing.filter_expression.var
        if isinstance(getattr(variable, "literal", None), str):
            yield Key(_constant(thing.message_context), variable.literal.replace("%", "%%")), ""
    elif isinstance(thing, FilterExpression):
        for quoted in constant_re.findall(
            thing.token
        ):  # {{ _("...") }}, also as an argument of a tag or filter
            yield Key(None, quoted[1:-1].replace("%", "%%")), ""
    if isinstance(thing, list | tuple):
        parts: Iterable[Any] = thing
    elif isinstance(thing, dict):
        parts = thing.values()
    elif isinstance(thing, Node):
        parts = vars(thing).values()
    else:
        parts = ()
    for part in parts:
        yield from _inside(part, seen)


def _constant(expression: Any) -> str | None:
    return expression.resolve({}) if expression is not None else None


# --- the catalogue --------------------------------------------------------------------------------------------------


def merge(old: polib.POFile, messages: dict[Key, Message], code: str) -> polib.POFile:
    """Return the new catalogue: sorted, translations kept, unused ones last as obsolete, no dates and line numbers."""
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Language": code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": old.metadata.get("Plural-Forms", "nplurals=1; plural=0;"),
    }
    before = {Key(entry.msgctxt, entry.msgid): entry for entry in old}
    for key in sorted(messages, key=lambda key: (key.text, key.context or "")):
        message, known = messages[key], before.pop(key, None)
        entry = polib.POEntry(msgid=key.text, msgctxt=key.context)
        entry.occurrences = [(place, "") for place in sorted(message.places)]
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: (known.msgstr_plural.get(0) or known.msgstr) if known else ""}
        elif known:
            entry.msgstr = known.msgstr or known.msgstr_plural.get(0, "")
        if known:
            entry.flags, entry.tcomment = known.flags, known.tcomment
        new.append(entry)
    for _key, entry in sorted(before.items(), key=lambda item: (item[0].text, item[0].context or "")):
        if entry.translated() or entry.obsolete:
            entry.obsolete, entry.occurrences = True, []
            new.append(entry)
    return new


def find_problems(catalogue: polib.POFile, messages: dict[Key, Message]) -> list[str]:
    """Return what is missing, fuzzy or unused in a catalogue, and plurals or placeholders that differ."""
    known = {Key(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    problems = [f"no longer used: {key.text!r}" for key in known.keys() - messages.keys()]
    for key, message in messages.items():
        place = min(message.places)
        entry = known.get(key)
        if entry is None or not (entry.msgstr or any(entry.msgstr_plural.values())):
            problems.append(f"not translated: {key.text!r} ({place})")
        elif entry.fuzzy:
            problems.append(f"fuzzy: {key.text!r} ({place})")
        elif bool(message.plural) != bool(entry.msgstr_plural):
            problems.append(f"plural changed: {key.text!r} ({place})")
        else:
            wanted = sorted(set(PLACEHOLDER.findall(message.plural or key.text)))
            for text in entry.msgstr_plural.values() if message.plural else [entry.msgstr]:
                if sorted(set(PLACEHOLDER.findall(text))) != wanted:
                    problems.append(f"placeholders differ: {key.text!r} ({place})")
    return sorted(problems)


def write_catalogue(path: Path) -> None:
    """Compile a catalogue. Replaces the .mo file in one step, because a running server may be reading it."""
    new = path.with_suffix(".mo.new")
    polib.pofile(str(path)).save_as_mofile(str(new))
    new.replace(path.with_suffix(".mo"))
