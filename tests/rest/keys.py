"""Keys of the API, and a client that sends one."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from foundation.accounts.models import ApiKey, Department, Station
from foundation.rest import throttling
from tests.factories import ApiKeyFactory, text_of_key


def key_of(
    department: Department, *, stations: list[Station] | None = None, **fields: Any
) -> tuple[ApiKey, str]:
    """Create a key of a department and return it with its text; by default with all scopes and the whole bureau."""
    area = [station.pk for station in stations or ()]
    key = ApiKeyFactory(department=department, stations=area, **fields)
    return key, text_of_key(key)


class ApiClient(Client):
    """Sends a key and JSON, and returns server errors as responses."""

    def __init__(self, text: str | None = None) -> None:
        super().__init__(raise_request_exception=False)
        self.text = text

    def request(self, **request: Any) -> Any:
        if self.text is not None:
            request.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.text}")
        return super().request(**request)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        return super().post(path, _json(data), **{"content_type": "application/json", **more})

    def patch(self, path: str, data: Any = None, **more: Any) -> Any:
        return super().patch(path, _json(data), **{"content_type": "application/json", **more})

    def put(self, path: str, data: Any = None, **more: Any) -> Any:
        return super().put(path, _json(data), **{"content_type": "application/json", **more})


def _json(data: Any) -> Any:
    return data if isinstance(data, str | bytes) else json.dumps(data if data is not None else {})


def within_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the rate limits, so that a test counts within one minute."""
    moment = time.time()
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: moment))


def api(department: Department, *, stations: list[Station] | None = None, **fields: Any) -> ApiClient:
    """Return a client with a key of this department (fields as for ApiKeyFactory, such as ``scopes``)."""
    return ApiClient(key_of(department, stations=stations, **fields)[1])
