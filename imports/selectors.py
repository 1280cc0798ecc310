"""Reads of imports and their remarks."""

from django.db.models import QuerySet
from django.http import Http404

from foundation.accounts.actors import Actor
from foundation.ids import LARGEST_ID
from imports.models import Import, ImportIssue


def list_imports(actor: Actor) -> QuerySet[Import]:
    """The imports into the actor's bureau, the newest first."""
    return Import.objects.filter(bureau_id=actor.bureau_id).order_by("-id")


def get_import(actor: Actor, import_id: int) -> Import:
    """One import; Http404 if it is not of the actor's bureau."""
    found = list_imports(actor).filter(pk=import_id).first() if import_id <= LARGEST_ID else None
    if found is None:
        raise Http404(f"no import {import_id}")
    return found


def list_issues(actor: Actor, import_id: int) -> QuerySet[ImportIssue]:
    """The kept remarks of an import, in the order of the files."""
    return ImportIssue.objects.filter(bureau_id=actor.bureau_id, run_id=import_id).order_by("id")
