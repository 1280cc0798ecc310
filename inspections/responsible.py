"""The three persons responsible for a hazard: at the enterprise, for the area, at the department."""

from facts.operations import change_fact
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model
from foundation.texts import kept
from inspections.access import Permission
from inspections.calling import refusal_to_call
from inspections.models import Hazard

ACT = "responsible"
NAMES = ("enterprise_person", "territory_person", "department_person")
LONGEST_NAME = 80


def name_responsible(*, actor: Actor, id: int, version: int | None, **names: str) -> Hazard:
    """Name who is responsible (NAMES; "" for nobody). The log keeps who it was before. Raise as change_fact."""
    if unknown := names.keys() - set(NAMES):
        raise ValueError(f"no such persons: {unknown}")

    def change(hazard: Hazard) -> None:
        if hazard.closed_on:
            raise WrongState(refusal_to_name(hazard))
        for name, value in names.items():
            setattr(hazard, name, kept(value, name, LONGEST_NAME, words=True))

    return change_fact(
        actor=actor,
        permission=Permission.NAME_RESPONSIBLE,
        model=Hazard,
        id=id,
        version=version,
        action=kind_of_model(Hazard).action(ACT),
        change=change,
    )


def refusal_to_name(hazard: Hazard) -> str:
    """Return why nobody is named any more; empty if that is possible."""
    return refusal_to_call(hazard)
