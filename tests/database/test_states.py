"""Migrations that render no model again for a constraint or an index."""

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from foundation.database.states import IN_PLACE, options_in_place


@pytest.mark.drill
def test_rendered_models_have_the_constraints_and_indexes_of_the_state() -> None:
    loader = MigrationLoader(None)
    state, applied = ProjectState(real_apps=loader.unmigrated_apps), set[tuple[str, str]]()
    assert state.apps.get_models() is not None  # rendered from here on
    with options_in_place():
        for key in [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]:
            if key in applied:
                continue
            applied.add(key)
            state = loader.graph.nodes[key].mutate_state(state, preserve=False)
    assert "apps" in state.__dict__
    for model_state in state.models.values():
        rendered = state.apps.get_model(model_state.app_label, model_state.name)._meta
        for option in ("constraints", "indexes"):
            assert getattr(rendered, option) == model_state.options[option], model_state.name


def test_it_ends_with_the_block() -> None:
    before = {name: getattr(ProjectState, name) for name in IN_PLACE}
    with options_in_place():
        assert all(getattr(ProjectState, name) is IN_PLACE[name] for name in IN_PLACE)
    assert {name: getattr(ProjectState, name) for name in IN_PLACE} == before
