"""What would make an enterprise green, for the officer who advises it: the portal's simulation on the file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise
from foundation.accounts.access import page
from portal.views import shown_plan
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.simulation import simulate


@page("desk:file")
def advice(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The simulation of one enterprise: a part of the file's rating tab, a page of its own without script."""
    try:
        enterprise = get_enterprise(request.actor, enterprise_id)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error
    simulation = simulate(request.actor, enterprise.pk)
    context = {
        "enterprise": enterprise,
        "simulation": simulation,
        "plans": [shown_plan(simulation, each) for each in simulation.plans] if simulation else [],
        "obstacle": obstacle_sentences(simulation.book, simulation.obstacle) if simulation else [],
    }
    return render(request, "desk/_advice.html" if request.htmx else "desk/advice.html", context)
