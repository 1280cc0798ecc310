"""The OpenAPI description and its page."""

import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from foundation.accounts.access import known
from foundation.rest.pages import openapi
from tests.rest.test_problems import problem

SCHEMA = "/api/v1/schema/"


@pytest.fixture
def described(settings: Any) -> Any:
    openapi.cache_clear()
    yield Client().get(SCHEMA).json()
    openapi.cache_clear()


@pytest.mark.django_db
def test_the_description_is_public_and_valid(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    validate_schema(described)
    answer = Client().get(SCHEMA)
    assert answer["Cache-Control"].startswith("public")
    assert Client().get(SCHEMA, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert Client().get(SCHEMA, HTTP_ACCEPT_LANGUAGE="zh-hans").content == answer.content
    problem(Client().post(SCHEMA), 405, "method-not-allowed")


@pytest.mark.django_db
def test_every_operation_documents_key_scope_headers_and_problems(described: dict[str, Any]) -> None:
    names = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert operation["summary"], path
            if not operation.get("security"):
                continue
            ((kind, scopes),) = operation["security"][0].items()
            assert kind == "bearer"
            assert all(map(known, scopes)), (path, scopes)
            headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
            responses = set(operation["responses"])
            assert {"400", "401", "403", "404", "405", "406", "429", "503"} <= responses
            if method == "get":
                assert "If-None-Match" in headers
                assert "304" in responses
            elif method == "post":
                assert "Idempotency-Key" in headers
                assert {"409", "413", "415", "422"} <= responses
            else:
                assert "If-Match" in headers
                assert {"409", "412", "413", "415", "428"} <= responses
    assert "/api/v1/tests/enterprises/" in described["paths"]
    assert "/api/v1/schema/" not in described["paths"]
    assert len(names) == len(set(names)), "two endpoints have the same class name"


@pytest.mark.django_db
def test_bodies_take_no_fields_beyond_those_described(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["NewSubscriptionRequest"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Enterprise"]
    (page,) = (
        each
        for name, each in schemas.items()
        if re.fullmatch(r"Paginated.*EnterpriseList", name)
        and each["properties"]["results"]["items"]["$ref"].endswith("/Enterprise")
    )
    assert page["required"] == ["results", "next", "previous"]
    assert page["properties"]["next"]["type"] == ["string", "null"]


@pytest.mark.django_db
def test_its_page_needs_nothing_inline() -> None:
    answer = Client().get("/api/v1/docs/", HTTP_ACCEPT="text/html")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert 'data-schema="/api/v1/schema/"' in text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        file = Client().get(address)
        assert file.status_code == 200, address
        file.close()
    problem(Client(enforce_csrf_checks=True).post("/api/v1/docs/"), 405, "method-not-allowed")
