"""Every kind of fact can be told in the log and comes in from files: checked at every start."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from facts.models import Fact
from foundation.contributions.audit import kinds
from foundation.contributions.sheets import targets


@register
def kinds_are_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """facts.E001: no ``audit.py`` declares a kind of fact; facts.E002: no ``sheets.py`` does."""
    problems: list[CheckMessage] = []
    told, brought_in = {kind.model for kind in kinds}, {target.model for target in targets}
    for model in apps.get_models():
        if not issubclass(model, Fact):
            continue
        if model not in told:
            problems.append(Error(f"No audit.py declares {model._meta.label}.", id="facts.E001"))
        if model not in brought_in:
            problems.append(Error(f"No sheets.py declares {model._meta.label}.", id="facts.E002"))
    return problems
