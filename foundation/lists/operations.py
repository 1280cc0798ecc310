"""Keeping views of lists: saved, shared, opened first, removed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.http import QueryDict
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database.caching import Key, forget, remembered
from foundation.database.turns import take_turn
from foundation.lists.choices import AuditAction
from foundation.lists.models import SavedView
from foundation.texts import kept

VIEW = "view"  # the parameter of the URL that names the view a list is shown in; 0 for none
PLACES = ("page", "before", "after")  # parameters of the URL: where a person is in a list, not what it is
MOST = 30  # of one role and list
MOST_OFFERED = 60  # in the menu of a list; colleagues may share more
MOST_CHARACTERS = 2_000
LONGEST_NAME = 40
KEPT_S = 600  # that a role opens which lists in a view


def list_views(actor: Actor, path: str) -> QuerySet[SavedView]:
    """Return the actor's own views of a list and those that the station shares (the supervisors, for a supervisor)."""
    shared = Q(is_shared=True, bureau_id=actor.bureau_id, station_id=actor.station_id or None)
    return (
        SavedView.objects.filter(Q(grant_id=actor.grant_id) | shared, path=path)
        .select_related("user")
        .defer("user__password")
    )


def views_to_offer(actor: Actor, path: str) -> list[SavedView]:
    """Return the views for the menu of a list: the actor's own, then shared ones, as many as a menu can hold."""
    is_shared = Case(When(grant_id=actor.grant_id, then=0), default=1)
    return list(list_views(actor, path).order_by(is_shared, "name", "pk")[:MOST_OFFERED])


def first_view(actor: Actor, path: str) -> SavedView | None:
    """Return the view that the list opens in for the actor, None if they chose none.

    Each list asks this. Most people chose none anywhere, which is cached.
    """
    chosen = SavedView.objects.filter(grant_id=actor.grant_id, is_default=True)
    if path not in remembered(
        _key(actor.grant_id), lambda: set(chosen.values_list("path", flat=True)), KEPT_S
    ):
        return None
    return chosen.filter(path=path).first()


def _key(grant_id: int | None) -> Key:
    return ("lists:first", grant_id)


def own_view(actor: Actor, path: str, name: str) -> SavedView | None:
    """Return the actor's own view of this name, which keeping another one under it replaces."""
    return SavedView.objects.filter(grant_id=actor.grant_id, path=path, name=name).first()


def find_view(actor: Actor, path: str, pk: int) -> SavedView | None:
    """Return a view of the list that the actor sees, None if there is none."""
    return list_views(actor, path).filter(pk=pk).first()


def may_share(actor: Actor) -> bool:
    """Return whether there are colleagues who would see a shared view."""
    return actor.is_police


def may_remove(actor: Actor, view: SavedView) -> bool:
    """Return whether a view is the actor's own, or one that the people of the chief or of the supervisor share."""
    if view.grant_id == actor.grant_id:
        return True
    theirs = (view.bureau_id, view.station_id) == (actor.bureau_id, actor.station_id or None)
    return view.is_shared and theirs and actor.role in (Role.CHIEF, Role.SUPERVISOR)


def stripped(query: str) -> str:
    """Return a query without what only says where a person is in the list."""
    parsed = QueryDict(query, mutable=True)
    for name in (*PLACES, VIEW):
        parsed.pop(name, None)
    for name in [name for name, values in parsed.lists() if not any(values)]:
        del parsed[name]
    return parsed.urlencode()


@transaction.atomic
def save_view(
    *, actor: Actor, path: str, query: str, name: str, is_shared: bool = False, is_default: bool = False
) -> SavedView:
    """Keep a list as it is shown. A view of the actor's with this name is replaced.

    Raise ValidationError if the list has too many views or the address is too long.
    """
    query, name = stripped(query), kept(name, "name", LONGEST_NAME)
    if len(query) > MOST_CHARACTERS:
        raise ValidationError(_("There are too many filters to be kept."))
    own = SavedView.objects.filter(grant_id=actor.grant_id, path=path)
    take_turn(path, actor.grant_id)  # also where the role has no view yet
    before = own.filter(name=name).first()
    if before is None and own.count() >= MOST:
        raise ValidationError(_("You keep %(count)d views of this list. Remove one first.") % {"count": MOST})
    if is_default:
        own.filter(is_default=True).exclude(name=name).update(is_default=False)
    view = before or SavedView(
        grant_id=actor.grant_id,
        user_id=actor.user_id,
        bureau_id=actor.bureau_id or None,
        path=path,
        name=name,
    )
    was_shared, was = view.is_shared, view.query
    view.station_id = actor.station_id or None
    view.query, view.is_default = query, is_default
    view.is_shared = is_shared and may_share(actor)
    view.full_clean(
        exclude=["user", "grant", "bureau", "station"], validate_unique=False, validate_constraints=False
    )
    view.save()
    transaction.on_commit(lambda: forget(_key(actor.grant_id)), robust=True)
    if was_shared or view.is_shared:
        now = view.query if view.is_shared else was
        _record(actor, AuditAction.SAVE if view.is_shared else AuditAction.REMOVE, view, now)
    return view


@transaction.atomic
def remove_view(*, actor: Actor, pk: int) -> SavedView:
    """Forget a view. Raise DoesNotExist if there is none that the actor may remove."""
    view = SavedView.objects.select_for_update().get(pk=pk)
    if not may_remove(actor, view):
        raise SavedView.DoesNotExist
    if view.is_shared:
        _record(actor, AuditAction.REMOVE, view, view.query)
    view.delete()
    return view


def _record(actor: Actor, action: AuditAction, view: SavedView, query: str) -> None:
    """Record what others see. What a person keeps alone is nobody's business."""
    auditing.record(
        actor=actor,
        action=action,
        target=view,
        after={"list": view.path, "filters": query},
        place=(view.bureau_id or 0, view.station_id or 0),
    )
