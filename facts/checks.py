"""System checks of lives, pages and declarations of facts."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, get_resolver

from facts.access import Verb, sibling
from facts.lives import Life, all_lives
from facts.models import Fact
from facts.staff.pages import FactPages, kinds, siblings_of
from foundation.accounts import access
from foundation.contributions.audit import kinds as audited
from foundation.contributions.sheets import targets
from foundation.database.composing import TODAY

PAGES = {
    "list",
    "create",
    "detail",
    "new",
    "correct",
    "correct-step",
    "void",
}  # URLs and names that every kind has


@register
def lives_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """facts.E001 to E004: acts without operation, without a role, outside the states, or with a taken URL."""
    return [error for life in all_lives().values() for error in errors_of(life)]


def errors_of(life: Life[Any]) -> Iterator[CheckMessage]:
    """Yield the faults of one life."""
    if not hasattr(life.model, "state"):
        yield Error(f'{life.model.__name__} has a life but no property "state".', id="facts.E003")
    try:
        life.where(*life.states, today=TODAY)
    except TypeError as error:
        yield Error(
            f"{life.model.__name__}: a state's condition takes the day of today: {error}", id="facts.E003"
        )
    addresses = set(PAGES)
    for act in life.acts.values():
        name = f"{life.kind}.{act.code}"
        if act.code not in life.operations:
            yield Error(f"{name}: no operation is bound to this act.", id="facts.E001")
        if not access.permissions().get(act.permission, frozenset()) - {access.SYSTEM}:
            yield Error(f"{name}: nobody holds the permission {act.permission}.", id="facts.E002")
        unknown = {str(code) for code in (*act.states, *act.to, *act.instead)} - set(life.states)
        if unknown or not act.states:
            yield Error(f"{name}: starts from no state, or {unknown} is not in this life.", id="facts.E003")
        if act.slug in addresses:
            yield Error(f"{name}: another page has the address {act.slug}/.", id="facts.E004")
        addresses.add(act.slug)


@register
def pages_point_somewhere(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """facts.E005 to E007: pages without URL, with missing fields, or alone in a group of tabs."""
    get_resolver().url_patterns  # noqa: B018  (loading the URLs registers the kinds)
    return [error for kind in kinds for error in errors_of_pages(kind())]


def errors_of_pages(pages: FactPages) -> Iterator[CheckMessage]:
    """Yield the faults of one kind's pages."""
    name = type(pages).__name__
    for page in ("list", "create", "detail", "correct", "void", *(act.slug for act in pages.acts)):
        try:
            pages.url(page, *([] if page in ("list", "create") else [1]))
        except NoReverseMatch:
            yield Error(f"{name}: no address is called {pages.app}:{pages.name_of(page)}.", id="facts.E005")
    for field in {pages.day, *pages.fields, *pages.correct_fields, *pages.shown}:
        try:
            pages.model._meta.get_field(field)
        except FieldDoesNotExist:
            yield Error(f"{name}: {pages.model.__name__} has no field {field}.", id="facts.E006")
    for verb in Verb:
        if not access.permissions().get(sibling(pages.permission, verb), frozenset()) - {access.SYSTEM}:
            yield Error(f"{name}: nobody holds {sibling(pages.permission, verb)}.", id="facts.E002")
    if pages.tab and len(siblings_of(pages.tab.group)) < 2:
        yield Error(f"{name}: nobody else has tabs in the group {pages.tab.group}.", id="facts.E007")


@register
def kinds_are_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """facts.E008: no ``audit.py`` declares a kind of fact. facts.E009: no ``sheets.py`` does."""
    problems: list[CheckMessage] = []
    audited_models, imported_models = {kind.model for kind in audited}, {target.model for target in targets}
    for model in apps.get_models():
        if not issubclass(model, Fact):
            continue
        if model not in audited_models:
            problems.append(Error(f"No audit.py declares {model._meta.label}.", id="facts.E008"))
        if model not in imported_models:
            problems.append(Error(f"No sheets.py declares {model._meta.label}.", id="facts.E009"))
    return problems
