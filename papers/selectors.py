"""Reads of papers."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.contributions.papers import forms
from papers.models import Letterhead, Paper, Service, SignedCopy


def visible(actor: Actor) -> QuerySet[Paper]:
    """Return the papers that the actor may see: to its stations' or its own enterprise, or issued by its stations.

    An enterprise does not see those of internal forms, such as the approval of an inspection to come.
    """
    if actor.is_enterprise:
        hidden = [each.code for each in forms if each.internal]
        return Paper.objects.filter(station_id__in=actor.stations, enterprise_id=actor.enterprise_id).exclude(
            form__in=hidden
        )
    if not actor.is_police:
        return Paper.objects.none()
    return Paper.objects.filter(Q(station_id__in=actor.stations) | Q(issued_by_station_id__in=actor.stations))


def get_paper(actor: Actor, id: int) -> Paper:
    """Return one paper. Raise Http404 if the actor cannot see it."""
    found = visible(actor).filter(pk=id).first()
    if found is None:
        raise Http404(f"no paper {id}")
    return found


def issued_by_form(actor: Actor, enterprise_id: int, form_key: str) -> Paper | None:
    """Return the paper that was issued to an enterprise when this form was sent before."""
    return visible(actor).filter(enterprise_id=enterprise_id, form_key=form_key).first()


def issued(actor: Actor) -> QuerySet[Paper]:
    """Return the register of the actor's stations: what they issued, wherever the enterprise is now; without the data."""
    return Paper.objects.filter(issued_by_station_id__in=actor.stations).defer("data")


def papers_of(actor: Actor, *, enterprise_id: int, kind: str, ids: Iterable[int]) -> list[Paper]:
    """Return the papers about some records of an enterprise, the latest first."""
    about = Q()
    for each in ids:
        about |= Q(records__contains={kind: [each]})
    return list(visible(actor).filter(about, enterprise_id=enterprise_id)) if about else []


def services_of(paper: Paper) -> list[Service]:
    """Return how a paper was served, the oldest first."""
    return list(Service.objects.filter(paper=paper, enterprise_id=paper.enterprise_id))


def copies_of(paper: Paper) -> list[SignedCopy]:
    """Return the signed copies of a paper, the oldest first."""
    return list(SignedCopy.objects.filter(paper=paper, enterprise_id=paper.enterprise_id))


def versions_of(actor: Actor, paper: Paper) -> list[Paper]:
    """Return all papers with the number of this one, the oldest first."""
    same = {name: getattr(paper, name) for name in ("issued_by_station_id", "form", "year", "number")}
    return list(visible(actor).filter(enterprise_id=paper.enterprise_id, **same).order_by("version"))


def served_before(paper: Paper) -> list[Paper]:
    """Return the versions of a paper before this one that were served. No query for the first version."""
    if paper.version == 1:
        return []
    same = {name: getattr(paper, name) for name in ("issued_by_station_id", "form", "year", "number")}
    earlier = Paper.objects.filter(enterprise_id=paper.enterprise_id, version__lt=paper.version, **same)
    return list(earlier.exclude(served_on=None))


def letterhead_of(station_id: int) -> Letterhead | None:
    """Return the letterhead of a station, None until it was filled in."""
    return Letterhead.objects.filter(station_id=station_id).first()


def letterhead_to_fill_in(station: Station) -> Letterhead:
    """Return the letterhead of a station, or an unsaved one with the name of its bureau."""
    found = letterhead_of(station.pk)
    return found or Letterhead(station=station, bureau_id=station.bureau_id, authority=station.bureau.name)
