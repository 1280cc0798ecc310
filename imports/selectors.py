"""Reads of imports and their remarks."""

from django.db.models import QuerySet

from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from imports.models import Import, ImportIssue


def list_imports(actor: Actor) -> QuerySet[Import]:
    """Return the imports into the actor's bureau, newest first."""
    return Import.objects.filter(bureau_id=actor.bureau_id).order_by("-id")


def get_import(actor: Actor, import_id: int) -> Import:
    """Return one import of the actor's bureau; raise DoesNotExist if it has none with this id."""
    return list_imports(actor).get(pk=import_id)


def list_issues(actor: Actor, import_id: int) -> QuerySet[ImportIssue]:
    """Return the stored remarks of an import, in the order of the files."""
    return ImportIssue.objects.filter(bureau_id=actor.bureau_id, run_id=import_id).order_by("id")


def bureau_name(code: str) -> str:
    """Return the name of the bureau with this code, "" if there is none."""
    return Bureau.objects.filter(code=code).values_list("name", flat=True).first() or ""
