"""Checks that what apps declare points somewhere, run by ``manage.py check``.

Nobody notices a link that silently vanishes; an error at the start reaches whoever broke it.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.module_loading import module_has_submodule
from django.utils.translation import override

from foundation.accounts import access
from foundation.accounts.checks import project_views
from foundation.contributions import audit, file, navigation, notifications, search, work
from foundation.contributions.project import project_apps
from foundation.words import Words

ID = 1  # any id
# a permission or an action of the audit log that code names by a string instead of its enum
_SPELLED_OUT = re.compile(
    r"""(?:\baction=(?!"store_)|permission ?= ?|\b(?:allows|_?require|NotAllowed)\([^()"]*)f?"([^" ]+)\""""
)
_PERMISSION = re.compile(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*")
_ACTION = re.compile(r"([a-z]+(?:_[a-z]+)*)\.[a-z]+(_[a-z]+)*")


@register
def declared_pages_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.E001: a declaration names a page, template, tab, figure or topic that does not exist."""
    return [Error(problem, id="ui.E001") for problem in [*_navigation(), *_file(), *_work(), *_search()]]


@register
def permissions_are_held(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.E002: no role holds a permission, so nobody can use its page or act."""
    declared = {str(member) for enum in _enums("access", "Permission") for member in enum}
    unheld = access.permissions_without_role | (declared - access.permissions().keys())
    problems = [f"{permission} is declared for no role." for permission in sorted(unheld)]
    for route, pattern in project_views():
        permission = getattr(pattern.callback, "permission", "")
        if access.permissions().get(permission) == frozenset({access.SYSTEM}):
            problems.append(f"/{route} opens for nobody: no role holds {permission}.")
    return [Error(problem, id="ui.E002") for problem in problems]


@register
def acts_have_words(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.E003: an act in the audit log has no words, or words in one language only."""
    problems = [
        f"The act {code} is declared by no audit.py."
        for enum in _enums("choices", "AuditAction")
        for code in enum
        if code not in audit.actions
    ]
    for language in _other_languages():
        problems += [
            f"The act {each.code} has no words in {language}."
            for each in audit.actions
            if not _is_translated(each.words, language)
        ]
    return [Error(problem, id="ui.E003") for problem in problems]


@register
def causes_point_somewhere(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.E005: a cause of notifications has no reader, no words in one language, or a page its readers may not open."""
    problems = []
    for each in notifications.causes:
        if not each.roles:
            problems.append(f"cause {each.code}: it concerns no role.")
        problems += [
            f"cause {each.code}: no audit.py declares the act {act}."
            for act in each.on
            if act not in audit.actions
        ]
        if bool(each.on) != (each.who is not None):
            problems.append(f"cause {each.code}: name both the acts that cause it and who is concerned.")
        if each.page:
            args = (ID,) if each.takes_id else ()
            missing = list(_missing(f"cause {each.code}", each.page, *args))
            problems += missing or [
                f"cause {each.code}: the role {role} may not open {each.page}."
                for role in sorted(each.roles)
                if not _opens(each.page, role, *args)
            ]
    for language in _other_languages():
        problems += [
            f"The cause {each.code} has no words in {language}."
            for each in notifications.causes
            if not _is_translated(each.words, language)
        ]
    return [Error(problem, id="ui.E005") for problem in problems]


@register
def codes_follow_the_grammar(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.E004: a permission is not <kinds>:<verb>, an act is not <kind>.<verb>, or code spells one out."""
    problems = [
        f"The permission {code} is not of the form <kinds>:<verb>, or is no member of an enum."
        for code in access.permissions()
        if code != access.SIGNED_IN and not (isinstance(code, StrEnum) and _PERMISSION.fullmatch(code))
    ]
    for act in audit.actions:
        found = _ACTION.fullmatch(act.code)
        if found is None or found[1] not in audit.kinds:
            problems.append(f"The act {act.code} is not of the form <kind>.<verb> with a kind of audit.py.")
    problems += [f"{path} spells out “{code}”: name the member of the enum." for path, code in _spelled_out()]
    return [Error(problem, id="ui.E004") for problem in problems]


def _opens(url_name: str, role: str, *args: Any) -> bool:
    """Return whether a role holds the permission of the page with this URL name."""
    permission = getattr(resolve(reverse(url_name, args=args)).func, "permission", access.ANYONE)
    return permission in (access.ANYONE, access.PERSON) or role in access.permissions().get(permission, ())


def _missing(place: str, url_name: str, *args: Any) -> Iterator[str]:
    try:
        reverse(url_name, args=args)
    except NoReverseMatch:
        yield f"{place}: there is no page {url_name}" + (" that takes an id." if args else ".")


def _navigation() -> Iterator[str]:
    topics = {entry.topic for entry in navigation.entries if entry.topic}
    for entry in navigation.entries:
        yield from _missing(f"navigation entry “{entry.label}”", entry.url)
    for each in navigation.highlights:
        if each.topic not in topics:
            yield f"pages {each.pages}…: no navigation entry has the topic {each.topic}."


def _file() -> Iterator[str]:
    for tab in file.tabs:
        if tab.count and tab.count not in file.figures:
            yield f"tab {tab.code}: there is no figure {tab.count}."
        if not any(panel.tab == tab.code for panel in file.panels):
            yield f"tab {tab.code}: no panel is on it."
    for panel in file.panels:
        if panel.tab not in file.tabs:
            yield f"panel {panel.code}: there is no tab {panel.tab}."
        try:
            get_template(panel.template)
        except TemplateDoesNotExist:
            yield f"panel {panel.code}: there is no template {panel.template}."
    for recording in file.recordings:
        yield from _missing("file", recording.url)
    for each in file.register_acts:
        yield from _missing("file", each.url, ID)
    for mark in file.marks:
        if mark.page:
            yield from _missing(f"mark {mark.code}", mark.page, ID)


def _work() -> Iterator[str]:
    for each in work.works:
        place = f"work {each.code}"
        if each.page:
            yield from _missing(place, each.page, ID)
        if each.act_page:
            yield from _missing(place, each.act_page, *(() if each.act_query else (ID,)))
        elif each.acts is None:
            yield f"{place}: there is no act."
        yield from _missing(place, each.list_page)


def _search() -> Iterator[str]:
    for each in search.findables:
        yield from _missing(f"search {each.code}", each.page, ID)
        if each.list_page:
            yield from _missing(f"search {each.code}", each.list_page)
        if each.permission not in access.permissions():
            yield f"search {each.code}: no role holds {each.permission}."


def _enums(module: str, name: str) -> Iterator[type[StrEnum]]:
    """Yield the enum of this name from this module of each of the project's apps, if it has one."""
    for config in project_apps():
        if module_has_submodule(config.module, module):
            found = getattr(import_module(f"{config.name}.{module}"), name, None)
            if found is not None:
                yield found


@cache
def _spelled_out() -> list[tuple[str, str]]:
    """Return every permission and act that our code names by a string, with the file."""
    found = []
    for config in project_apps():
        for path in Path(config.path).rglob("*.py"):
            if "migrations" not in path.parts:
                for code in _SPELLED_OUT.findall(path.read_text(encoding="utf-8")):
                    found.append((f"{config.name}/{path.relative_to(config.path)}", code))
    return found


def _other_languages() -> Iterable[str]:
    """Return the languages, other than that of the code, whose catalogue is compiled."""
    return [
        code
        for code, _name in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE
        and any(Path(place).glob("*/LC_MESSAGES/django.mo") for place in settings.LOCALE_PATHS)
    ]


def _is_translated(words: Words, language: str) -> bool:
    with override(settings.LANGUAGE_CODE):
        here = str(words)
    with override(language):
        return str(words) != here
