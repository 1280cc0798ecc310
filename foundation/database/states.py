"""Migrations of an empty database in half the time: a constraint or an index renders no model again.

For each operation Django makes the class of the model and those of its neighbours anew, some twenty, also where only the
list of constraints or indexes became longer. That was half of the time of an empty database. No other class depends on
these lists, so they are changed on the class that is there.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db.migrations.state import ProjectState


def _append(self: Any, app_label: str, model_name: str, option: str, added: Any) -> None:
    _change(self, app_label, model_name, option, lambda listed: [*listed, added])


def _remove(self: Any, app_label: str, model_name: str, option: str, name: str) -> None:
    _change(
        self, app_label, model_name, option, lambda listed: [each for each in listed if each.name != name]
    )


def _alter(self: Any, app_label: str, model_name: str, option: str, name: str, now: Any) -> None:
    _change(
        self,
        app_label,
        model_name,
        option,
        lambda listed: [now if each.name == name else each for each in listed],
    )


def _change(
    state: Any, app_label: str, model_name: str, option: str, change: Callable[[list[Any]], list[Any]]
) -> None:
    options = state.models[app_label, model_name].options
    options[option] = change(options[option])
    if "apps" in state.__dict__:  # rendered; hasattr would render
        setattr(state.apps.get_model(app_label, model_name)._meta, option, options[option])


# Methods of Django's class, each with the one that takes its place.
IN_PLACE = {"_append_option": _append, "_remove_option": _remove, "_alter_option": _alter}


@contextlib.contextmanager
def options_in_place() -> Iterator[None]:
    """Let states change constraints and indexes of a rendered model without rendering it again."""
    before = {name: getattr(ProjectState, name) for name in IN_PLACE}
    try:
        for name, method in IN_PLACE.items():
            setattr(ProjectState, name, method)
        yield
    finally:
        for name, method in before.items():
            setattr(ProjectState, name, method)
