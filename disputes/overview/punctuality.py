"""Instalments that have come due, and which of them were paid in full by their day, of all disputes of an area.

The same as ``disputes.agreements.performance`` says of one agreement (State.ON_TIME), in one query for all:
``tests/disputes/test_picture.py`` compares them.
"""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes.overview.standing import among, file_of, moved

DUE, LATE = "due", "late"
PAID = ((DUE, _("One has come due")), (LATE, _("One was not paid by its day")))


def due_instalments(today: dt.date) -> str:
    """Return SQL of one row for each instalment in force whose day has passed: ``file``, ``station_id``, ``is_on_time``.

    An instalment is paid by its day if what names it pays it, or if what was paid by then, less what names later ones, pays
    all up to it. ``file``: the dispute that survived, of agreements of one that was merged into it.
    """
    return f"""
        SELECT {file_of("i")} AS file, i.station_id,
            coalesce(p.own, 0) >= i.fen OR coalesce(p.paid, 0) - coalesce(l.later, 0) >= i.until AS is_on_time
        FROM (
            SELECT i.id, i.dispute_id, i.station_id, i.agreement_id, i.due_on, i.fen,
                sum(i.fen) OVER (PARTITION BY i.agreement_id ORDER BY i.number) AS until
            FROM disputes_instalment i
            JOIN disputes_agreement a ON a.id = i.agreement_id AND a.ended_at IS NULL AND a.effective_on IS NOT NULL
        ) i
        {moved("i")}
        LEFT JOIN (
            SELECT i.id, sum(p.fen) AS paid, sum(p.fen) FILTER (WHERE p.number = i.number) AS own
            FROM disputes_instalment i JOIN disputes_payment p ON p.agreement_id = i.agreement_id
            WHERE p.taken_back_at IS NULL AND p.paid_on <= i.due_on GROUP BY 1
        ) p ON p.id = i.id
        LEFT JOIN (
            SELECT named.id, sum(least(named.fen, j.fen)) AS later FROM (
                SELECT i.id, i.agreement_id, p.number, sum(p.fen) AS fen
                FROM disputes_instalment i JOIN disputes_payment p ON p.agreement_id = i.agreement_id
                WHERE p.taken_back_at IS NULL AND p.paid_on <= i.due_on AND p.number > i.number GROUP BY 1, 2, 3
            ) named JOIN disputes_instalment j ON j.agreement_id = named.agreement_id AND j.number = named.number
            GROUP BY 1
        ) l ON l.id = i.id
        WHERE i.due_on < DATE '{today.isoformat()}'"""


def with_instalments(which: str, today: dt.date) -> Q:
    """Return the condition on disputes that an instalment of theirs has come due, or was not paid by its day (PAID)."""
    where = " WHERE NOT is_on_time" if which == LATE else ""
    return among(f"SELECT DISTINCT file FROM ({due_instalments(today)}) due{where}")
