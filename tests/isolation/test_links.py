"""Whoever holds a signed link, without a login, reads and answers that one row: no other row of any table, no other page."""

import pytest
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.links.models import SignedLink
from foundation.links.operations import digest_of, holding
from foundation.tenancy.checks import policies_of, project_models
from foundation.tenancy.policies import AccountPolicy, AuditPolicy, DirectoryPolicy
from tests.factories import SignedLinkFactory
from tests.fixtures import City
from tests.isolation.test_front_door import MARK, REFUSED, SLUGS, address, routes, side
from tests.tenancy.test_isolation_models import TENANT_MODELS, copy_of, make

pytestmark = pytest.mark.django_db
TOKEN = "ab" * 32
# their rows are read before anybody is known, so selectors decide; nothing of casework is among them
OPEN = {
    model
    for model in project_models()
    if any(isinstance(rule, DirectoryPolicy) and not rule.hides for rule in policies_of(model))
}


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_the_holder_of_a_link_reads_and_writes_no_row_of_another_table(
    model: type[models.Model], city: City
) -> None:
    row = make(model, city.first)
    link = SignedLinkFactory(enterprise__station=city.first, token_digest=digest_of(TOKEN))
    seen = {link.pk} if model is SignedLink else set()
    with holding(digest_of(TOKEN)):
        assert set(model._base_manager.values_list("pk", flat=True)) == seen
        with pytest.raises(DatabaseError), transaction.atomic():
            copy_of(row).save(force_insert=True)
        if not getattr(model, "append_only", False):
            others = model._base_manager.exclude(pk__in=seen)
            assert others.update(station_id=city.second.pk) == 0 if hasattr(row, "station_id") else True
    with holding(digest_of("another")):
        assert not model._base_manager.exists()


def test_no_other_table_shows_the_holder_a_row(city: City) -> None:
    """The directory, the log and what belongs to persons: whatever is there, of the platform too."""
    side("Mine")
    SignedLinkFactory(enterprise__station=city.first, token_digest=digest_of(TOKEN))
    found = []
    with holding(digest_of(TOKEN)):
        for model in project_models():
            rules = policies_of(model)
            if not rules or model in (*OPEN, *TENANT_MODELS):
                continue
            if model._base_manager.exists():
                found.append(model._meta.label)
    assert not found
    assert any(isinstance(rule, AuditPolicy) for model in project_models() for rule in policies_of(model))
    assert any(isinstance(rule, AccountPolicy) for model in project_models() for rule in policies_of(model))


def test_a_link_opens_no_other_page(city: City) -> None:
    """Whoever has just opened and answered one is nobody everywhere else."""
    foreign = side(MARK)
    SignedLinkFactory(enterprise=foreign.objects[Enterprise], token_digest=digest_of(TOKEN))
    nobody = Client(raise_request_exception=False)
    assert nobody.get(reverse("links:link", args=[TOKEN])).status_code == 200
    with_object, plain = routes()
    open_pages = []
    for route, pattern in [*with_object, *plain]:
        if getattr(pattern.callback, "permission", "") == "public" or route.startswith("accounts/"):
            continue
        path = address(route, pattern, foreign, foreign) if "<" in route else f"/{route}"
        answer = nobody.get(path, {"token": TOKEN, **SLUGS})
        if answer.status_code not in (*REFUSED, 302, 429) or MARK in answer.content.decode(errors="ignore"):
            open_pages.append((path, answer.status_code))
    assert not open_pages
