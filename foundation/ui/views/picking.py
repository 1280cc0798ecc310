"""The address that a picker asks (:mod:`foundation.ui.pickers`)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control

from foundation.ui.pickers import Choice
from foundation.ui.views.reading import Page

MOST_NAMED = 20


class Picker(Page):
    """Answers what fits a text (``q``), and before a text what the person used last (``named``, by value).

    It never answers more than a page of the actor's role may show.
    """

    def find(self, text: str) -> Sequence[Choice]:
        """Return the choices that fit, best first; for an empty text those to begin with."""
        raise NotImplementedError

    def named(self, values: Sequence[str]) -> Sequence[Choice]:
        """Return the choices with these values, in any order. Leave out what the actor may not pick."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "")[:100].strip()
        wanted = request.GET.get("named", "").replace("\x00", "")[:1_000].split(",")
        values = list(dict.fromkeys(each for each in wanted if each))[:MOST_NAMED]
        known = {each.value: each for each in self.named(values)} if values else {}
        named = [known[each] for each in values if each in known]
        found = self.find(text) if "q" in request.GET else []
        answer = JsonResponse(
            {
                "named": [asdict(each) for each in named],
                "found": [asdict(each) for each in found],
            },
            json_dumps_params={"ensure_ascii": False, "default": str},
        )
        patch_cache_control(answer, no_store=True)
        return answer
