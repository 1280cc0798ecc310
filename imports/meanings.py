"""What a column of a sheet can become, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.sheets import NUMBER, Target, targets
from foundation.words import Words
from imports.naming import BY_CODE, BY_NAME, BY_NUMBER, KEY, OWN_WORDS, RECORD, STATION
from imports.targets import is_enterprise

ENTERPRISE = (BY_CODE, BY_NUMBER, BY_NAME)


def meanings_of(target: Target, *, with_station: bool) -> dict[str, Words]:
    """Return what the columns of this kind can become, with words. ``with_station``: rows name the police station."""
    found: dict[str, Words] = {}
    if is_enterprise(target):
        found[KEY] = _("Number in the source")
        if with_station:
            found[STATION] = _("Police station")
    elif target.of_enterprise:
        found |= {name: words for name, words in OWN_WORDS.items() if name != KEY or target.key}
        if target.reference:
            found[target.reference] = str(targets[target.reference].model._meta.verbose_name)
    return (
        found
        | {name: each.verbose_name for name, each in target.fields.items()}
        | ({RECORD: NUMBER} if target.listed else {})
    )


def required_of(target: Target, *, with_station: bool) -> list[tuple[str, ...]]:
    """Return what every row needs, each with its alternatives."""
    needed: list[tuple[str, ...]] = [(name,) for name in target.required]
    if is_enterprise(target):
        return [*needed, (STATION,)] if with_station else needed
    return [ENTERPRISE, *needed] if target.of_enterprise else needed
