"""Exports of what an import remarked."""

from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from imports.choices import AuditAction
from imports.models import Import


def record_export(*, actor: Actor, run: Import) -> None:
    """Record that somebody took the remarks away as a file: they quote the rows, with what these say about people."""
    auditing.record(
        actor=actor, action=AuditAction.EXPORT_REMARKS, target=run, after={"records": run.issue_count}
    )
