"""Addresses of the mediation, below that of its dispute."""

from typing import Any

from django.urls import URLPattern, path

from disputes.mediation import session_pages, team_pages, way_pages
from disputes.mediation.choices import WayKind


def mediation_urls(pages: Any) -> list[URLPattern]:
    """Return them."""
    chosen = (
        ("police", WayKind.PUBLIC_SECURITY),
        ("peoples", WayKind.PEOPLES),
        ("admin", WayKind.ADMINISTRATIVE),
        ("transfer", WayKind.TRANSFER),
    )
    found: list[tuple[str, str, Any]] = [
        ("way/", "way", way_pages.WayChoice),
        ("way/<int:way>/step/", "way_step", way_pages.StepOnWay),
        ("way/<int:way>/void/", "way_void", way_pages.VoidWay),
        ("way/<int:way>/letter/", "way_letter", way_pages.Letter),
        ("team/new/", "member_new", team_pages.Invite),
        ("team/<int:member>/", "member", team_pages.MemberNote),
        ("team/<int:member>/invitation/", "member_invitation", team_pages.Invitation),
        ("sessions/plan/", "session_plan", session_pages.PlanSession),
        ("sessions/planned/<int:appointment>/move/", "session_move", session_pages.MoveSession),
        ("sessions/planned/<int:appointment>/cancel/", "session_cancel", session_pages.CancelSession),
        ("sessions/new/", "session_new", session_pages.RecordSession),
        ("sessions/<int:session>/", "session", session_pages.SessionRecord),
        ("sessions/<int:session>/correct/", "session_correct", session_pages.CorrectSession),
        ("sessions/<int:session>/void/", "session_void", session_pages.VoidSession),
        ("sessions/<int:session>/documents/", "session_documents", session_pages.AddDocuments),
        ("sessions/<int:session>/minutes/", "session_minutes", session_pages.Minutes),
    ]
    return [
        *(
            path(
                f"<int:id>/way/{slug}/",
                way_pages.ChooseWay.as_view(pages=pages, kind=kind),
                name=f"way_{slug}",
            )
            for slug, kind in chosen
        ),
        *(path(f"<int:id>/{route}", view.as_view(pages=pages), name=name) for route, name, view in found),
    ]
