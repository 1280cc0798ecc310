"""What the packages below ours say on our pages: all of it is translated, and addresses the reader as we do."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from config.management.commands.translations import Key, python_messages, template_messages
from foundation.contributions.project import project_apps

# Packages whose words reach pages or the API without being installed apps.
LIBRARIES = ("django",)
# What is not used, so that its words reach nobody: parts of Django and allauth by their folder or module.
UNUSED = (
    "django/contrib/admin/",
    "django/contrib/admindocs/",
    "django/contrib/flatpages/",
    "django/contrib/gis/",
    "django/contrib/redirects/",
    "django/contrib/sites/",
    "django/core/management/",
    "django/views/csrf.py",  # our 403_csrf.html instead
    "django/contrib/auth/forms.py",  # allauth's forms instead, and ours
    "allauth/headless/",
    "allauth/idp/",
    "allauth/socialaccount/",
    "allauth/usersessions/",
    "allauth/mfa/webauthn/",
    "allauth/templates/usersessions/",
    "allauth/templates/socialaccount/",
    "allauth/templates/mfa/webauthn/",
    "allauth/templates/idp/",
    "drf_spectacular/views.py",  # the schema's own description, which ours replaces
)
# Signs, units and names, which are the same in Chinese.
SAME = {"IPv4", "IPv6", ":", ":?.!", "…", "%s GB", "%s KB", "%s MB", "%s PB", "%s TB", "WebAuthn", "URL"}


def folders() -> Iterator[Path]:
    """The folders of the packages that our pages are built from."""
    own = {config.name for config in project_apps()}
    names = {config.name.partition(".")[0] for config in apps.get_app_configs() if config.name not in own}
    for name in sorted({*names, *LIBRARIES}):
        yield Path(str(importlib.import_module(name).__file__)).parent


def messages() -> Iterator[tuple[Key, str, str]]:
    """Every message of their code and templates, with its plural and its place."""
    for folder in folders():
        for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt"))):
            place = path.relative_to(folder.parent).as_posix()
            if place.startswith(UNUSED) or "/tests/" in place or "/management/" in place:
                continue
            source = path.read_text(encoding="utf-8")
            try:
                found = list(
                    python_messages(source) if path.suffix == ".py" else template_messages(source, place)
                )
            except CommandError:  # a template that needs tags of an app that is not installed
                continue
            for key, plural in found:
                yield key, plural, place


def in_chinese(key: Key, plural: str) -> str:
    if plural:
        text = npgettext(key.context, key.text, plural, 2) if key.context else ngettext(key.text, plural, 2)
    else:
        text = pgettext(key.context, key.text) if key.context else gettext(key.text)
    return str(text)


def test_every_message_of_a_package_is_in_chinese() -> None:
    english: dict[str, str] = {}
    familiar: dict[str, str] = {}
    count = 0
    with translation.override("zh-hans"):
        for key, plural, place in messages():
            if key.text in SAME or not key.text.strip():
                continue
            count += 1
            text = in_chinese(key, plural)
            if text in (key.text, plural):
                english[key.text] = place
            elif "你" in text:
                familiar[key.text] = place
    assert count > 400, "the packages are not found"
    assert not english, f"list them in foundation/package_messages.py: {english}"
    assert not familiar, f"你 instead of 您; list them in foundation/package_messages.py: {familiar}"
