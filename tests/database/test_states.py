"""Migrations that render no model again for what is added to it."""

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from foundation.database.states import FORWARDS, IN_PLACE, states_in_place


@pytest.mark.drill
def test_rendered_models_are_those_of_the_state() -> None:
    loader = MigrationLoader(None)
    state, applied = ProjectState(real_apps=loader.unmigrated_apps), set[tuple[str, str]]()
    assert state.apps.get_models() is not None  # rendered from here on
    with states_in_place(forwards=True):
        for key in [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]:
            if key in applied:
                continue
            applied.add(key)
            state = loader.graph.nodes[key].mutate_state(state, preserve=False)
    assert "apps" in state.__dict__
    made_anew = ProjectState(dict(state.models), state.real_apps).apps
    deep = MigrationAutodetector(ProjectState(), ProjectState()).deep_deconstruct  # fields in fields, too
    for model_state in state.models.values():
        name = model_state.app_label, model_state.name
        rendered, anew = state.apps.get_model(*name)._meta, made_anew.get_model(*name)._meta
        for option in ("constraints", "indexes"):
            assert getattr(rendered, option) == model_state.options[option], name
        fields, expected = (
            {each.name: (each.column, deep(each)) for each in meta.local_fields} for meta in (rendered, anew)
        )
        assert fields == expected, name
        accessors, expected_accessors = (
            {each.get_accessor_name() for each in meta.related_objects} for meta in (rendered, anew)
        )
        assert accessors == expected_accessors, name


@pytest.mark.parametrize(("forwards", "methods"), [(True, FORWARDS), (False, IN_PLACE)])
def test_it_ends_with_the_block(forwards: bool, methods: dict[str, object]) -> None:
    before = {name: getattr(ProjectState, name) for name in FORWARDS}
    with states_in_place(forwards=forwards):
        for name in FORWARDS:
            assert getattr(ProjectState, name) is methods.get(name, before[name])
    assert {name: getattr(ProjectState, name) for name in FORWARDS} == before
