"""The audit log in a person's words: acts, kinds of objects, fields and values."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry

# An act without an entry here is shown as its verb and noun: "close_hazard" → "Close hazard".
_ACTS: dict[str, str | Promise] = {
    "login": gettext_lazy("Logged in"),
    "logout": gettext_lazy("Logged out"),
    "login_failed": gettext_lazy("Log-in failed"),
    "locked_out": gettext_lazy("Locked out after repeated failures"),
    "change_password": gettext_lazy("Changed the password"),
    "add_second_factor": gettext_lazy("Set up a second factor"),
    "drop_second_factor": gettext_lazy("Gave up the second factor"),
    "second_factor_failed": gettext_lazy("Second factor was wrong"),
    "remove_second_factor": gettext_lazy("Removed somebody's second factor"),
    "act_as": gettext_lazy("Chose a role"),
    "create_user": gettext_lazy("Added a person"),
    "edit_user": gettext_lazy("Changed a person's details"),
    "invite_user": gettext_lazy("Made an invitation link"),
    "reset_password": gettext_lazy("Reset a password"),
    "accept_invitation": gettext_lazy("Set a password by invitation"),
    "disable_user": gettext_lazy("Disabled an account"),
    "enable_user": gettext_lazy("Enabled an account"),
    "grant_role": gettext_lazy("Gave a role"),
    "revoke_role": gettext_lazy("Took a role away"),
    "create_bureau": gettext_lazy("Opened a bureau"),
    "edit_bureau": gettext_lazy("Changed a bureau"),
    "create_station": gettext_lazy("Opened a police station"),
    "rename_station": gettext_lazy("Renamed a police station"),
    "create_department": gettext_lazy("Added a department"),
    "edit_department": gettext_lazy("Changed a department"),
    "issue_key": gettext_lazy("Issued an API key"),
    "rotate_key": gettext_lazy("Replaced an API key"),
    "revoke_key": gettext_lazy("Revoked an API key"),
}
# "hazard.close": the noun is a model, the verb one of these (each app's operations name them)
_VERBS: dict[str, str | Promise] = {
    "create": gettext_lazy("Recorded"),
    "correct": gettext_lazy("Corrected"),
    "void": gettext_lazy("Voided"),
    "rectify": gettext_lazy("Submitted as rectified"),
    "close": gettext_lazy("Closed after re-inspection"),
    "send_back": gettext_lazy("Sent back after re-inspection"),
    "extend": gettext_lazy("Extension granted"),
    "mark_major": gettext_lazy("Marked as major"),
    "mark_ordinary": gettext_lazy("Marked as ordinary"),
    "refuse": gettext_lazy("Rectification refused"),
    "settle": gettext_lazy("Settled"),
    "verify": gettext_lazy("Verified"),
    "register": gettext_lazy("Entered in the register"),
    "register_many": gettext_lazy("Entered in the register in one go"),
    "create_many": gettext_lazy("Recorded in one go"),
    "edit": gettext_lazy("Entry changed"),
    "hand_over": gettext_lazy("Handed over"),
    "set_inactive": gettext_lazy("Taken off the register"),
    "reactivate": gettext_lazy("Put back on the register"),
    "liaison": gettext_lazy("Liaison officer designated"),
    "file": gettext_lazy("File read"),
    "update": gettext_lazy("Brought up to date"),
    "open evaluation": gettext_lazy("Opened"),
    "open correction evaluation": gettext_lazy("Opened as a correction"),
    "open trial evaluation": gettext_lazy("Opened as a trial"),
    "open interim evaluation": gettext_lazy("Opened between two quarters"),
    "restart evaluation": gettext_lazy("Started again"),
    "complete evaluation": gettext_lazy("Completed"),
    "publish standard": gettext_lazy("Published"),
    "adopt standard": gettext_lazy("Adopted"),
    "build": gettext_lazy("Demo data made"),
}
_GRAVE = {
    "revoke_key",
    "locked_out",
    "login_failed",
    "second_factor_failed",
    "disable_user",
    "remove_second_factor",
    "reset_password",
}
_LONGEST = 300
_UNTOLD = {"id", "search_text", "sort_key", "version", "created_at", "changed_at"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_LABELS = {
    "role": gettext_lazy("role"),
    "organisation": gettext_lazy("organisation"),
    "records": gettext_lazy("Number"),
    "on": gettext_lazy("from"),
    "main": gettext_lazy("liaison officer"),
    "deputy": gettext_lazy("deputy"),
    "bureau": gettext_lazy("Bureau"),
    "station": gettext_lazy("Station"),
    "department": gettext_lazy("Department"),
    "enterprise": gettext_lazy("Enterprise"),
    "standard": gettext_lazy("Standard"),
    "voided_at": gettext_lazy("Voided"),
    "void_reason": gettext_lazy("Reason"),
    "sequence": gettext_lazy("Message"),
    "last_delivered": gettext_lazy("Last delivered"),
    "fault": gettext_lazy("why it failed"),
    "status": gettext_lazy("HTTP status"),
    "acknowledged": gettext_lazy("Acknowledged"),
    "topics": gettext_lazy("Topics"),
}  # told of people and batches, no field of theirs; and fields that have no words of their own
_VALUES: dict[str, dict[str, str | Promise]] = {}


@dataclass(frozen=True)
class Change:
    """One field of an entry as the page shows it."""

    label: str
    before: str
    after: str


def describe(
    acts: dict[str, str | Promise], values: dict[str, dict[str, str | Promise]] | None = None
) -> None:
    """An app names its acts for the log, and the values of what is told but is no field of the object's model.

    Call it where the app registers its permissions.
    """
    _ACTS.update(acts)
    _VALUES.update(values or {})


def known(action: str) -> bool:
    """Whether an act has a name here."""
    return action in _ACTS


def act(action: str, object_type: str = "") -> str:
    """The words for an act; what it was done to stands before a verb that many kinds of objects share."""
    if action in _ACTS:
        return str(_ACTS[action])
    verb = re.split(r"[.:]", action)[-1]
    if verb not in _VERBS:
        return capfirst(re.sub(r"[._:]", " ", action))
    if not object_type:
        return str(_VERBS[verb])
    return _("%(kind)s: %(act)s") % {"kind": kind(object_type), "act": _VERBS[verb]}


def grave(action: str) -> bool:
    """Whether an act deserves a second look."""
    return action in _GRAVE


def kind(object_type: str) -> str:
    """The words for a kind of object, from its model."""
    model = _model(object_type)
    return capfirst(str(model._meta.verbose_name)) if model else object_type


def changes(entry: AuditEntry, names: dict[tuple[str, int], str]) -> list[Change]:
    """Before and after, field by field. ``names`` gives organisations by (field, id): no query here."""
    model = _model(entry.object_type)
    keys = [key for key in {**entry.before, **entry.after} if key not in _UNTOLD]
    found = [
        Change(
            _label(model, key),
            *(_value(model, key, side.get(key), names) for side in (entry.before, entry.after)),
        )
        for key in keys
    ]
    return [change for change in found if change.before != change.after or (entry.before and entry.after)]


def moment(text: str) -> str:
    """A moment as the log keeps it, in local time."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return (timezone.localtime(at) if timezone.is_aware(at) else at).strftime("%Y-%m-%d %H:%M")


def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type) if object_type else None
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, key: str) -> Any:
    for field in model._meta.concrete_fields if model else ():
        if key in (field.attname, field.name):
            return field
    return None


def _label(model: type[models.Model] | None, key: str) -> str:
    field = _field(model, key)
    named = _LABELS.get(key.removesuffix("_id")) or (
        field.verbose_name if field is not None else key.replace("_", " ")
    )
    return capfirst(str(named))


def _value(model: type[models.Model] | None, key: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and (key, value) in names:
        return names[key, value]
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(value)
    field = _field(model, key)
    each_of = getattr(field, "base_field", field)
    choices = dict(each_of.flatchoices or ()) if each_of is not None else _VALUES.get(key, {})
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if isinstance(value, list):
        text = ", ".join(str(choices.get(each, each)) for each in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {each}" for name, each in value.items())
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
