"""The guides for developers of departments, for everybody who is signed in: text, samples, catalogues from data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from deliveries.access import Permission
from deliveries.guide import catalogue
from deliveries.meanings import MEANINGS
from deliveries.operations.testing import IN_A_MINUTE
from deliveries.payloads import SENT, members
from foundation.accounts import access
from foundation.downloads import attachment
from foundation.ui.views import Page
from foundation.words import Words

DOCS = Path(settings.BASE_DIR) / "docs"


@dataclass(frozen=True)
class Topic:
    """One guide: its slug, which is also its template, title and icon."""

    slug: str
    title: Words
    icon: str


@dataclass(frozen=True)
class Sample:
    """A file of the documentation that the site shows and gives away."""

    name: str
    language: str
    path: Path
    install: str = ""

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


START = "start"
TOPICS = (
    Topic(START, _("Integrate in an hour"), "clock-play"),
    Topic("receiver", _("Sample receiver"), "server"),
    Topic("signature", _("Verify the signature"), "shield-check"),
    Topic("events", _("Catalogue of events"), "list-details"),
    Topic("codes", _("Reasons and criteria"), "checklist"),
    Topic("failures", _("When it fails"), "alert-triangle"),
)
RECEIVER = Sample("receiver.py", "Python", DOCS / "receiver.py", "pip install standardwebhooks")
VERIFIERS = (
    Sample("verify.py", "Python", DOCS / "examples" / "verify.py", "pip install standardwebhooks"),
    Sample(
        "verify.mjs", "Node, TypeScript", DOCS / "examples" / "verify.mjs", "npm install standardwebhooks"
    ),
    Sample("Verify.java", "Java", DOCS / "examples" / "Verify.java", "com.standardwebhooks:standardwebhooks"),
    Sample(
        "verify.go",
        "Go",
        DOCS / "examples" / "verify.go",
        "go get github.com/standard-webhooks/standard-webhooks/libraries",
    ),
)
SAMPLES = {each.name: each for each in (RECEIVER, *VERIFIERS)}


class Guide(Page, TemplateView):
    """One guide; without a name the first."""

    permission = access.SIGNED_IN

    @property
    def topic(self) -> Topic:
        slug = self.kwargs.get("code", START)
        found = next((each for each in TOPICS if each.slug == slug), None)
        if found is None:
            raise Http404(f"there is no guide {slug}")
        return found

    def get_title(self) -> Words:
        return self.topic.title

    def get_template_names(self) -> list[str]:
        return [f"deliveries/guide/{self.topic.slug}.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        topic = self.topic
        more = self.MORE[topic.slug](self) if topic.slug in self.MORE else {}
        return super().get_context_data(
            topics=TOPICS,
            topic=topic,
            server=self.request.build_absolute_uri("/").rstrip("/"),
            **more,
            **context,
        )

    def _start(self) -> dict[str, Any]:
        address = self.request.build_absolute_uri(reverse("deliveries_api:events"))
        api = address.removesuffix("events/")
        key = 'curl -H "Authorization: Bearer $ANQI_KEY" \\\n  '
        sent = '-H "Content-Type: application/json" \\\n  '
        return {
            "may_ask": access.allows(self.actor, Permission.ASK),
            "answer_curl": f'{key}{sent}-d \'{{"enterprise": 7, "progress": "in_work"}}\' \\\n  '
            f'"{address}$SUBSCRIPTION/$SEQUENCE/answers/"',
            "codes_curl": f'{key}{sent}-d \'{{"credit_codes": ["91350100M000100Y43"]}}\' \\\n  '
            f'"{api}colours/lookup/"',
            "red_curl": f'{key}"{api}colours/?colour=red&changed=any&changed_since=2026-10-01T00:00:00%2B08:00"',
            "curl": f'curl -H "Authorization: Bearer $ANQI_KEY" \\\n  "{address}?after=0"',
            "test_curl": f'curl -X POST -H "Authorization: Bearer $ANQI_KEY" \\\n  '
            f'"{self.request.build_absolute_uri("/api/v1/subscriptions/")}$SUBSCRIPTION/test-event/"',
        }

    def _receiver(self) -> dict[str, Any]:
        return {"sample": RECEIVER}

    def _signature(self) -> dict[str, Any]:
        return {"samples": VERIFIERS}

    def _events(self) -> dict[str, Any]:
        return {
            "sent": [
                {
                    "kind": each,
                    "when": str(each.when).replace("`", ""),
                    "members": members(each.schema),
                    "example": json.dumps(each.example, ensure_ascii=False, indent=2),
                }
                for each in SENT
            ]
        }

    def _codes(self) -> dict[str, Any]:
        return catalogue.codes_for(self.request.actor)

    def _failures(self) -> dict[str, Any]:
        return {"meanings": MEANINGS.values(), "tests_a_minute": IN_A_MINUTE}

    MORE: ClassVar[dict[str, Callable[["Guide"], dict[str, Any]]]] = {
        START: _start,
        "receiver": _receiver,
        "signature": _signature,
        "events": _events,
        "codes": _codes,
        "failures": _failures,
    }


class GuideFile(Page):
    """A sample, to download."""

    permission = access.SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sample = SAMPLES.get(self.kwargs["file"])
        if sample is None:
            raise Http404("there is no such sample")
        return HttpResponse(
            sample.text,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": attachment(sample.name)},
        )
