"""Fill a Word template: the program of the child process (:mod:`foundation.documents.documents` is its parent).

A template comes from people and runs expressions, so it is filled in a sandbox, in a process with limits that opens no
file and no connection. Everything put in is escaped; a name that the data do not have is a fault, not an empty place.
"""

import base64
import io
import json
import re
import resource
import signal
import sys
import zipfile
from typing import Any
from xml.sax.saxutils import quoteattr

FILLED, REFUSED = b"+", b"-"  # the first byte of the answer
MEMORY = 1 << 30
CPU_S = 10
SILENCE_S = 18
FILES = 64
MOST_PARTS = 500
LARGEST_PART = 40 << 20
CONTENT_TYPES = "[Content_Types].xml"
_TAG = re.compile(rb"<[^<>]*>")
_QUOTED = re.compile(r"'([^']*)'")


class Refused(Exception):
    """Why a template cannot be filled: a code, the name that is missing, and the text around the place."""

    def __init__(self, code: str, *, name: str = "", near: str = "") -> None:
        super().__init__(code)
        self.answer = {"code": code, "name": name, "near": near}


def check_archive(template: bytes) -> None:
    """Refuse what is no Word document, and what would fill the memory when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or any(each.file_size > LARGEST_PART for each in parts):
                raise Refused("size")
            names = {each.filename for each in parts}
            if "word/document.xml" not in names:
                raise Refused("not_word")
            if any(name.lower().startswith("word/vbaproject") for name in names):
                raise Refused("macros")
            for name in names:
                if name.lower().endswith((".xml", ".rels")):
                    _check_part(name, archive.read(name))
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        OSError,
    ) as error:  # damaged, or a password
        raise Refused("not_word") from error


def _check_part(name: str, part: bytes) -> None:
    """Refuse declarations, macros under whatever name, and what would be fetched from elsewhere when it is opened."""
    if b"<!DOCTYPE" in part or b"\x00" in part:  # the latter has two bytes for each character, or is no XML
        raise Refused("doctype")
    if name != CONTENT_TYPES and not name.lower().endswith(".rels"):
        return
    from docx.oxml import parse_xml  # which resolves no entities

    try:
        found = parse_xml(part)
    except SyntaxError as error:  # lxml's own is one
        raise Refused("damaged") from error
    for each in found.iter("*"):
        kind = each.get("ContentType", "").lower()
        if "vbaproject" in kind or "macroenabled" in kind:
            raise Refused("macros")
        if each.get("TargetMode") == "External" and not each.get("Type", "").endswith("/hyperlink"):
            raise Refused("external")


def fill(template: bytes, data: dict[str, Any]) -> bytes:
    """Return the filled document. Raise Refused."""
    check_archive(template)
    # the libraries are loaded within the limits
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(_with_pictures(document, data), environment, autoescape=True)
    except TemplateSyntaxError as error:
        raise Refused("syntax", name=str(error.message or ""), near=_near(error)) from error
    except UndefinedError as error:
        found = _QUOTED.findall(str(error))
        near = _near(error) or _around(template, found[-1] if found else "")
        raise Refused("unknown", name=found[-1] if found else str(error), near=near) from error
    except SecurityError as error:
        found = _QUOTED.findall(str(error))
        raise Refused(
            "forbidden", near=_near(error) or _around(template, found[0] if found else "")
        ) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise Refused("value", name=str(error)[:200], near=_near(error)) from error
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _with_pictures(document: Any, value: Any) -> Any:
    """Return data with what the document shows of each photo in the place of its text, or the words if it is lost."""
    if isinstance(value, list):
        return [_with_pictures(document, each) for each in value]
    if not isinstance(value, dict):
        return value
    if "base64" not in value:
        return {name: _with_pictures(document, each) for name, each in value.items()}
    if not value["base64"]:
        return value["alt"]
    from docx.shared import Mm
    from docxtpl import InlineImage

    class Described(InlineImage):
        """A photo with a text for whoever does not see it."""

        def _insert_image(self) -> str:
            plain: str = super()._insert_image()
            return plain.replace("<wp:docPr ", f"<wp:docPr descr={quoteattr(value['alt'])} ", 1)

    return Described(document, io.BytesIO(base64.b64decode(value["base64"])), width=Mm(value["width_mm"]))


def _near(error: Exception) -> str:
    """Return the words around the place of a fault, as far as the library knows it."""
    lines = getattr(error, "docx_context", ())
    text = " ".join(_TAG.sub(b"", str(each).encode()).decode(errors="ignore").strip() for each in lines)
    return " ".join(text.split())[:200]


def _around(template: bytes, name: str) -> str:
    """Return the words around a name in the body of a template; "" if it stands elsewhere."""
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        text = " ".join(_TAG.sub(b"", archive.read("word/document.xml")).decode(errors="ignore").split())
    place = text.find(name) if name else -1
    return text[max(0, place - 40) : place + len(name) + 40] if place >= 0 else ""


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        resource.setrlimit(kind, (most, most))
    signal.alarm(SILENCE_S)


def main() -> None:
    """Read the length of the data, the data and the template; write the document, or why there is none."""
    _limit()
    given = sys.stdin.buffer
    size = int(given.readline())
    data = json.loads(given.read(size))
    try:
        answer = FILLED + fill(given.read(), data)
    except Refused as refused:
        answer = REFUSED + json.dumps(refused.answer).encode()
    except MemoryError:
        answer = REFUSED + json.dumps({"code": "size", "name": "", "near": ""}).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
