"""In which order the lists of a new bureau come in, what is here of each, and what the first colours need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from enterprises.models import Enterprise, Liaison
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.accounts.models import Bureau, RoleGrant, Station
from foundation.accounts.reach import seen_grants
from foundation.contributions.sheets import Stage, targets
from foundation.periods import Period
from imports.operations.uploads import kinds_for
from imports.targets import is_enterprise, kind_word
from ratings.access import Permission
from ratings.models import Adoption, Evaluation, Standard

MOST = 10_000  # records that are counted; "more than" beyond, so that a large bureau waits no longer
COLOURS = "colours"


@dataclass
class Step:
    """One step: what comes in, what of it is here, and where a person goes on."""

    code: str
    title: str
    why: str
    counts: list[tuple[str, int]] = field(default_factory=list)  # words and number
    kinds: list[tuple[str, str]] = field(default_factory=list)  # sheets that the person may bring
    is_done: bool = False
    lacks: str = ""  # what must be there before
    links: list[tuple[str, str]] = field(default_factory=list)  # url and words
    is_next: bool = False


def steps_of(actor: Actor) -> list[Step]:
    """Return the steps in their order; one is the next. Counts are those of the actor's register, in one statement."""
    here = _counts(actor)
    kinds: dict[str, list[tuple[str, str]]] = {}
    for code in kinds_for(actor):
        kinds.setdefault(targets[code].stage, []).append((code, capfirst(kind_word(code))))
    people = Step(Stage.PEOPLE, _("People and roles"), _("Officers and chiefs, so that work has its person."))
    people.counts = [(_("People"), here["people"])]
    people.is_done = here["people"] > 0
    if not actor.station_id:
        people.counts.insert(0, (_("Police stations"), here["stations"]))
        if not here["stations"]:
            people.lacks = _("The rows name police stations. Ask the platform operator to add them first.")
    if here["uninvited"]:
        people.counts.append((_("Without a password yet"), here["uninvited"]))
        people.links.append((reverse("accounts:invite_new"), _("Make the invitation links")))
    register = Step(Stage.REGISTER, _("The register"), _("All other rows refer to enterprises."))
    register.counts, register.is_done = [(_("Enterprises"), here["enterprise"])], here["enterprise"] > 0
    if here["ended"] and here["adopted"] and not here["runs"]:
        register.lacks = _(
            "Quarters that have ended are rated within a minute once an enterprise is here, with the records that are here by then. "
            "To bring inspections and hazards first, ask the platform operator to clear the first automatic quarter until they are here."
        )
    liaison = Step(Stage.LIAISON, _("Liaison officers"), _("Who looks after which enterprise."))
    liaison.counts, liaison.is_done = [(_("Designated"), here["liaison"])], here["liaison"] > 0
    if Stage.LIAISON not in kinds:
        liaison.lacks = _("The chiefs designate them: each brings the list of the own station.")
    facts = Step(
        Stage.FACTS,
        _("Inspections, hazards and the rest"),
        _("Inspections first, then the hazards that they found."),
    )
    known = [target for target in targets if target.code in here and not is_enterprise(target)]
    facts.counts = [(capfirst(kind_word(each.code)), here[each.code]) for each in known if not each.acts]
    facts.is_done = any(count for _words, count in facts.counts)
    steps = [people, register, liaison, facts]
    for step in steps:
        step.kinds = kinds.get(step.code, [])
    steps.append(_colours(actor, here))
    steps.append(_outside(here, kinds.get(Stage.OUTSIDE, [])))
    if following := next(
        (step for step in steps[:-1] if not step.is_done and (step.kinds or step.links)), None
    ):
        following.is_next = True
    return steps


def next_kind(steps: Iterable[Step]) -> str:
    """Return the kind of rows that comes next, that of enterprises if all are here."""
    found = [code for step in steps if step.is_next for code, _words in step.kinds]
    return found[0] if found else "enterprise"


def _colours(actor: Actor, here: dict[str, Any]) -> Step:
    step = Step(COLOURS, _("The first trial colours"), _("Seen by nobody else, and without effect."))
    missing = [
        words
        for count, words in (
            (here["enterprise"], _("an enterprise")),
            (here["inspection"], _("an inspection")),
            (here["standards"], _("a standard")),
        )
        if not count
    ]
    step.is_done = here["runs"] > 0
    if missing:
        step.lacks = _("They still need: %(what)s.") % {"what": _(", ").join(missing)}
    if not allows(actor, Permission.START_EVALUATIONS):
        step.lacks = step.lacks or _("The bureau's supervisor starts the run.")
    elif not here["standards"]:
        step.links.append((reverse("ratings:standards"), _("Choose a standard")))
    elif step.is_done:
        step.links.append((reverse("ratings:runs"), _("See the first trial colours")))
    elif not missing:
        step.links.append((reverse("ratings:run_create"), _("See the first trial colours")))
    return step


def _outside(here: dict[str, Any], kinds: list[tuple[str, str]]) -> Step:
    """Return the step that comes whenever it suits: access for people who are no police."""
    step = Step(
        Stage.OUTSIDE,
        _("People of enterprises and departments"),
        _("So that they log in themselves. Needed for no colour: it can wait."),
        kinds=kinds,
        counts=[(_("People"), here["outside"])],
        is_done=here["outside"] > 0,
    )
    if here["outside_uninvited"]:
        step.counts.append((_("Without a password yet"), here["outside_uninvited"]))
        step.links.append((reverse("accounts:invite_new"), _("Make the invitation links")))
    return step


def _counts(actor: Actor) -> dict[str, int]:
    """Return how many there are of each, at most one more than MOST."""
    grants = RoleGrant.objects.filter(seen_grants(actor), revoked_at=None, user__is_active=True)
    others = grants.filter(role__in=POLICE_ROLES).exclude(user_id=actor.user_id)
    outside = grants.filter(role__in=ENTERPRISE_ROLES | {Role.DEPARTMENT_OFFICER})
    in_bureau = Q(bureau_id=actor.bureau_id)
    rows: dict[str, QuerySet[Any]] = {
        "stations": Station.objects.filter(in_bureau),
        "people": others,
        "uninvited": others.filter(user__is_awaited=True),
        "outside": outside,
        "outside_uninvited": outside.filter(user__is_awaited=True),
        "enterprise": Enterprise.objects.all(),
        "liaison": Liaison.objects.filter(until_on=None),
        "standards": Standard.objects.filter(in_bureau),
        "adopted": Adoption.objects.filter(in_bureau),
        "runs": Evaluation.objects.filter(in_bureau),
    }
    for target in targets:
        if target.acts is None and not is_enterprise(target):
            rows[target.code] = target.model._default_manager.filter(voided_at=None)
    numbers = {f"of_{code}": _number(each) for code, each in rows.items()}
    found: Mapping[str, object] = (
        Bureau.objects.filter(pk=actor.bureau_id or 0).values("rates_from", **numbers).first() or {}
    )
    counts = {code: int(str(found.get(f"of_{code}", 0))) for code in rows}
    first = str(found.get("rates_from", ""))
    return counts | {"ended": int(bool(first) and first < Period.of(timezone.localdate()).code)}


def _number(rows: QuerySet[Any]) -> Func:
    some = ArraySubquery(rows.order_by().values("pk")[: MOST + 1])
    return Func(some, function="cardinality", output_field=IntegerField())
