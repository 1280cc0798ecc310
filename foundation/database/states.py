"""Migrations of an empty database in a fraction of the time: what is added to a model renders no model again.

For each operation Django makes the class of the model and those of its neighbours anew, some forty, because most tables have a
key of an enterprise and its station. That was nine tenths of the time of an empty database. A list of constraints or indexes is
changed on the class that is there, a field is added to it, and a new model is made beside the others, as at every start.
What alters or removes a field renders anew: it compares the class before with the one after.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED


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


def _add_model(self: Any, model_state: Any) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])


def _add_field(
    self: Any, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
) -> None:
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    self.models[key].fields[name] = field
    if self._relations is not None:
        self.resolve_model_field_relations(key, name, field)
    if "apps" in self.__dict__:
        field.clone().contribute_to_class(self.apps.get_model(*key), name)


# Methods of Django's class, each with the one that takes its place.
IN_PLACE = {"_append_option": _append, "_remove_option": _remove, "_alter_option": _alter}
# Also these where states are only gone through forwards, each when the database has come as far. Backwards Django makes all
# states first, and their classes would already have what is added later.
FORWARDS = IN_PLACE | {"add_model": _add_model, "add_field": _add_field}


@contextlib.contextmanager
def states_in_place(*, forwards: bool) -> Iterator[None]:
    """Let states change a rendered model without rendering it again; ``forwards``: also where models and fields are added."""
    methods = FORWARDS if forwards else IN_PLACE
    before = {name: getattr(ProjectState, name) for name in methods}
    try:
        for name, method in methods.items():
            setattr(ProjectState, name, method)
        yield
    finally:
        for name, method in before.items():
            setattr(ProjectState, name, method)
