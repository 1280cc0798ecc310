"""What may change in an answer and what may not: fields are only added."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

PROBLEM = "urn:anqi:problem:"
WORDS = {"title", "detail"}  # of a problem: people read them, programs do not
LINKS = {"next", "previous"}
IGNORED = {"description", "summary", "help_text"}  # of a schema


def answer(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """What an answer of the API lacks or tells otherwise than it did."""
    if recorded["status"] != found["status"]:
        yield f"status: {recorded['status']} became {found['status']}"
        return
    for name, value in recorded.get("headers", {}).items():
        now = found["headers"].get(name)
        if name in ("Allow", "Vary") and now is not None:
            if missing := _listed(value) - _listed(now):
                yield f"{name}: without {sorted(missing)}"
        elif now != value:
            yield f"{name}: {value!r} became {now!r}"
    if missing := set(recorded.get("present", ())) - set(found.get("present", ())):
        yield f"headers {sorted(missing)} are gone"
    if recorded.get("has_body", True) != found.get("has_body", True):
        yield "there is a body where there was none, or none where there was one"
    if "json" in recorded:
        yield from body(recorded["json"], found.get("json"))


def body(recorded: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where ``found`` is not ``recorded`` with more fields. A list has the same rows in the same order."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        is_problem = str(recorded.get("type", "")).startswith(PROBLEM)
        for name, value in recorded.items():
            here = f"{place}.{name}"
            if name not in found:
                yield f"{here} is gone"
            elif is_problem and name == "instance":
                if not str(found[name]).startswith("urn:uuid:"):
                    yield f"{here}: {found[name]!r}"
            elif is_problem and name in WORDS:
                if not found[name]:
                    yield f"{here} is empty"
            elif is_problem and name == "errors":
                if _places(value) != _places(found[name]):
                    yield f"{here}: {_places(value)} became {_places(found[name])}"
            elif name in LINKS:
                if _link(value) != _link(found[name]):
                    yield f"{here}: {value!r} became {found[name]!r}"
            else:
                yield from body(value, found[name], here)
    elif isinstance(recorded, list) and isinstance(found, list):
        if len(recorded) != len(found):
            yield f"{place}: {len(recorded)} rows became {len(found)}"
        for number, (one, other) in enumerate(zip(recorded, found, strict=False)):
            yield from body(one, other, f"{place}[{number}]")
    elif recorded != found or isinstance(recorded, bool) != isinstance(found, bool):
        yield f"{place}: {recorded!r} became {found!r}"


def _places(errors: list[dict[str, str]]) -> list[tuple[str, str]]:
    """What each error is about."""
    return sorted(
        (kind, each[kind]) for each in errors for kind in ("pointer", "parameter", "header") if kind in each
    )


def _link(link: Any) -> Any:
    """Address and parameters of a link; its cursor is opaque, so only whether there is one."""
    if not isinstance(link, str):
        return link
    parts = urlsplit(link)
    chosen = {name: value for name, value in parse_qs(parts.query).items() if name != "cursor"}
    return parts.path, chosen, "cursor=" in parts.query


def _listed(header: str) -> set[str]:
    return {part.strip().lower() for part in header.split(",")}


def inlined(document: Any) -> Any:
    """A description with its named sets of values listed where they are used, as descriptions without names have them."""
    sets = {
        f"#/components/schemas/{name}": each
        for name, each in document["components"]["schemas"].items()
        if "enum" in each
    }

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(each) for each in part]
        if not isinstance(part, dict):
            return part
        for kind in ("allOf", "anyOf"):
            (first, *others) = part.get(kind) or [None]
            if isinstance(first, dict) and first.get("$ref") in sets and others in ([], [{"type": "null"}]):
                found = sets[first["$ref"]]
                nullable = {"type": ["string", "null"], "enum": [*found["enum"], None]} if others else found
                return {name: walk(each) for name, each in part.items() if name != kind} | nullable
        if part.get("$ref") in sets:
            return dict(sets[part["$ref"]])
        return {name: walk(each) for name, each in part.items()}

    return walk(document)


def schema(recorded: Any, found: Any, place: str = "#", asked: bool = False) -> Iterator[str]:
    """Where a description of the API takes something back.

    ``asked``: below a body or a parameter, where nothing may become required that was not.
    """
    if isinstance(recorded, dict) and isinstance(found, dict):
        asked = asked or place.endswith(("Request", "/requestBody", "/parameters"))
        for name, value in recorded.items():
            if name in IGNORED and isinstance(value, str):
                continue
            if name not in found:
                yield f"{place}/{name} is gone"
            else:
                yield from schema(value, found[name], f"{place}/{name}", asked)
        if asked and (more := set(_names(found)) - set(_names(recorded))):
            yield f"{place}: {sorted(more)} became required"
    elif isinstance(recorded, list) and isinstance(found, list):
        yield from _members(recorded, found, place, asked)
    elif recorded != found:
        yield f"{place}: {recorded!r} became {found!r}"


def _names(node: dict[str, Any]) -> list[str]:
    required = node.get("required", [])
    return required if isinstance(required, list) else []


def _members(recorded: list[Any], found: list[Any], place: str, asked: bool) -> Iterator[str]:
    if place.endswith("/parameters"):
        before, now = ({(each["in"], each["name"]): each for each in many} for many in (recorded, found))
        for key, parameter in before.items():
            if key not in now:
                yield f"{place}: {key} is gone"
            else:
                yield from schema(parameter, now[key], f"{place}/{key[1]}", asked=True)
        for key in now.keys() - before.keys():
            if now[key].get("required"):
                yield f"{place}: {key} is new and required"
        return
    for each in recorded:
        if each not in found and not (
            isinstance(each, dict) and any(not list(schema(each, other, place, asked)) for other in found)
        ):
            yield f"{place}: {each!r} is gone"
    # an answer may bring a new value only where a strict reader does not stumble: nowhere
    if place.endswith("/enum") and not asked and (more := [each for each in found if each not in recorded]):
        yield f"{place}: {more} is new in an answer"
