"""docs/lives.md: every life as a diagram and a table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst

from facts.lives import Act, Life, all_lives
from foundation.accounts.access import SYSTEM, permissions

PLACE = Path(settings.BASE_DIR) / "docs" / "lives.md"
HEAD = """# Lives

What states a record can be in, and by which acts it passes from one to another. `manage.py lives` writes this page from
the tables of acts (`<app>/lives.py`, types in `facts/lives.py` and `facts/asks.py`); a test keeps it what they say. Correcting and voiding, with
a reason, stand outside every life and are possible in each state until a record is voided; only a finding of forgery that was
confirmed is not voided, because it takes two people to withdraw it.

Each act is a dated row, a *step* (`FactStep`), which is never changed: the day from which it holds, who, why, and the days it set.
What was true on a day stays so. When an act replaces a day (sent back, reopened, extended again, major again), the record keeps
what it held until then (`SteppedFact.earlier`), and ratings of past quarters read that (`AsOf` in `facts/steps.py`). A
correction says that something was never true, so it also changes what past days show. One wrong step is corrected by another,
which stands in its place, and an act that never happened gives back what it took: also who submitted, and that a hazard was
put right on the spot. A correction moves the first day of a record past nothing that was true before an act replaced it.
Records that were imported or entered with their days have no steps until the first act.

A submission can be withdrawn until somebody of the police has opened the hazard's page (`Submission.opened_at`). An extension is asked
for before the deadline has passed. It moves nothing until it is granted; granted after the deadline, the hazard was overdue in
between. An officer enters what the enterprise does from paper or a call; it says for whom.

A refusal ends with the submission: sent back, the hazard is open or overdue. While it waits for re-inspection, the veto
remains, as it does for records without steps.

On a day on which its enterprise was off the register, a record is settled, closed or submitted, but not reopened, refused or
marked as major: nothing new happens there.
"""


def drawing() -> str:
    """Return the whole page."""
    with translation.override("en"):
        return "\n".join([HEAD, *("\n".join(_life(life)) for life in all_lives().values())])


def _life(life: Life[Any]) -> Iterator[str]:
    yield f"## {capfirst(str(life.model._meta.verbose_name))}\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for code, state in life.states.items():
        yield f"    {code}: {state.code.label}"
    for start in life.begins:
        yield f"    [*] --> {start}"
    for start, act, end in life.arrows():
        yield f"    {start} --> {end}: {act.wording_for(start).label}"
    for start, end, why in life.by_time:
        yield f"    {start} --> {end}: ({why})"
    yield "```\n"
    yield "| act | from | to | who | asks | not if |"
    yield "|---|---|---|---|---|---|"
    for act in life.acts.values():
        yield f"| {' | '.join(_cells(life, act))} |"
    yield ""


def _cells(life: Life[Any], act: Act) -> Iterator[str]:
    words = ", ".join(dict.fromkeys(str(wording.label) for wording in act.wordings()))
    yield f"{words} (`{life.action(act)}`)"
    yield ", ".join(str(state.label) for state in life.in_order(act.states))
    yield ", ".join(str(state.label) for state in life.in_order(act.to)) or "stays"
    yield ", ".join(sorted(permissions().get(act.permission, frozenset()) - {SYSTEM}))
    yield ", ".join(f"`{ask.name}`" for ask in act.wording.asks) or "–"
    excluded = [act.unless.condition] if act.unless else []
    yield "; ".join([*excluded, "the person reported the record"] if act.by_another else excluded) or "–"
