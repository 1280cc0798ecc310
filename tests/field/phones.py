"""A phone on which somebody inspects without network, as the server meets it, and what it sends."""

import base64
import hashlib
import io
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from inspections.checklists.summary import sha256_of
from tests.facts.people import Person

PACKAGE, INSPECTION, PHOTO = (f"inspections:field_{each}" for each in ("package", "inspection", "photo"))


class Phone:
    """A phone on which a person is logged in."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.client = Client(headers={"X-Anqi-Field": "1"})
        self.client.force_login(person.user)
        self.owner = self.whoami()["owners"][0][0]

    def whoami(self) -> dict[str, Any]:
        answer = self.client.get(reverse("field:whoami"))
        return answer.json() | {"status": answer.status_code}

    def load(self, enterprise: Any) -> dict[str, Any]:
        return self.client.get(reverse(PACKAGE), {"enterprise": enterprise.pk}).json()

    def send(self, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(
            reverse(INSPECTION),
            json.dumps(item),
            content_type="application/json",
            headers={"X-Anqi-Owner": self.owner},
        )
        return answer.status_code, answer.json()

    def send_photo(self, of: str, data: bytes, key: str = "") -> tuple[int, dict[str, Any]]:
        file = io.BytesIO(data)
        file.name = "photo.jpg"
        answer = self.client.post(
            reverse(PHOTO),
            {"key": key or str(uuid.uuid4()), "of": of, "file": file},
            headers={"X-Anqi-Owner": self.owner},
        )
        return answer.status_code, answer.json()


def picture(shade: int) -> bytes:
    image = Image.new("RGB", (64, 48), (shade, 40, 90))
    ImageDraw.Draw(image).line([(4, 4), (60, shade % 48)], fill="white", width=3)
    into = io.BytesIO()
    image.save(into, "JPEG")
    return into.getvalue()


def answered(phone: Phone, other: Phone, enterprise: Any, **more: Any) -> dict[str, Any]:
    """Return an inspection as a phone makes it from what it loaded: all passed, but for the answers given."""
    loaded = phone.load(enterprise)
    (form,) = loaded["forms"].values()
    lists = " ".join(f"{each['kind']}:{each['number']}" for each in form["lists"])
    fields = {f"answer-{each['code']}": ["pass"] for each in form["questions"]}
    fields |= {
        "lists": [lists],
        "kind": ["routine"],
        "inspected_on": [timezone.localdate().isoformat()],
        "officers": [str(each.person.user.pk) for each in (phone, other)],
    }
    fields |= more.pop("fields", {})
    return {"key": str(uuid.uuid4()), "enterprise": enterprise.pk, "fields": fields, "photos": [], **more}


def announced(*photos: tuple[str, bytes]) -> list[dict[str, str]]:
    return [
        {"code": code, "name": f"{code or 'visit'}.jpg", "sha256": hashlib.sha256(data).hexdigest()}
        for code, data in photos
    ]


def signing_of(
    phone: Phone, other: Phone, item: Mapping[str, Any], *, theirs: Mapping[str, Any], **said: Any
) -> dict[str, Any]:
    """Return what a phone sends of both sides' signatures under an inspection that two officers answered.

    ``theirs``: the enterprise's signature or refusal. ``said``: what the summary says otherwise than that all passed.
    """
    package = phone.client.get(reverse(PACKAGE), {"enterprise": item["enterprise"]}).json()
    ((form,), (enterprise,)) = package["forms"].values(), package["enterprises"]
    here = {each["id"]: each for each in form["officers"]}

    def answer(code: str, name: str) -> str:
        return item["fields"].get(f"{name}-{code}", [""])[0]

    summary = {
        "v": 1,
        "enterprise": {"id": enterprise["id"], "name": enterprise["name"]},
        "kind": "routine",
        "day": item["fields"]["inspected_on"][0],
        "officers": [here[each.person.user.pk] for each in (phone, other)],
        "lists": form["lists"],
        "answers": [
            {
                "code": each["code"],
                "ask": each["ask"],
                "answer": answer(each["code"], "answer"),
                "note": answer(each["code"], "note"),
            }
            for each in form["questions"]
        ],
        "failed": [
            {
                "code": each["code"],
                "hazard": each["hazard"],
                "note": answer(each["code"], "note"),
                "place": answer(each["code"], "place"),
                "major": False,
                "on_the_spot": False,
                "due_on": answer(each["code"], "due_on"),
            }
            for each in form["questions"]
            if answer(each["code"], "answer") == "fail"
        ],
        "again": [],
        "conclusion": "qualified",
        "shown": False,
        "camera": "",
        "note": "",
    } | said
    ink, at = base64.b64encode(picture(20)).decode(), timezone.now().isoformat()
    signatures = [
        *(
            {"side": "officer", "user_id": each.person.user.pk, "picture": ink, "signed_at": at}
            for each in (phone, other)
        ),
        {"side": "enterprise", "signed_at": at, **theirs},
    ]
    return {"summary": summary, "sha256": sha256_of(summary), "signatures": signatures}
