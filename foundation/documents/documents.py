"""Filled documents, their digests, and PDF.

Documents are made by docxtpl in a child process (:mod:`foundation.documents.filling`), PDF by LibreOffice where it is
installed. The same template and data give the same Word file, byte for byte; a PDF differs each time it is made.
"""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.documents import filling
from foundation.words import Words, sentences

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
# A page makes a paper within its transaction, which may be idle for 60 s (config/web.py): filling and PDF together, or the
# three examples of a form, take less.
FILLING_S = filling.SILENCE_S + 1
PDF_S = 40
LEFT_S = 3600  # after which the folder of a conversion is nobody's any more
_FOLDER = "anqi-pdf-"
_SAME_DAY = (1980, 1, 1, 0, 0, 0)  # of every part of a Word file

logger = structlog.get_logger(__name__)

_FAULTS: dict[str, Words] = {
    "not_word": gettext_lazy("This is no Word document (.docx). Save it as .docx, without a password."),
    "macros": gettext_lazy("The document contains macros. Save it as .docx without them."),
    "doctype": gettext_lazy("The document contains declarations that are not allowed."),
    "external": gettext_lazy(
        "The document links to a picture, template or other part outside it. Embed that part, or remove the link."
    ),
    "size": gettext_lazy("The document is too large when unpacked."),
    "syntax": gettext_lazy("A place holder is not written correctly: %(name)s."),
    "unknown": gettext_lazy("There is no value called “%(name)s”."),
    "forbidden": gettext_lazy("A place holder does something that is not allowed."),
    "value": gettext_lazy("A place holder cannot be filled in: %(name)s."),
    "time": gettext_lazy("Filling in the document takes too long."),
    "damaged": gettext_lazy("The document cannot be filled in; it seems to be damaged."),
}


class TemplateFault(ValidationError):
    """A template that cannot be filled in; its message names the place."""

    def __init__(self, code: str, name: str = "", near: str = "") -> None:
        words = str(_FAULTS[code]) % {"name": name}
        super().__init__(
            sentences(words, _("Near: “%(near)s”") % {"near": near}) if near else words, code=code
        )


class NoPdf(Exception):
    """No PDF could be made: LibreOffice is not installed, took too long, or could not read the file."""


class Document:
    """A Word file with its digests."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def sm3(self) -> str:
        """The digest of GB/T 32905, which Chinese authorities ask for."""
        return sm3_of(self.data)


def sm3_of(data: bytes) -> str:
    """Return the SM3 digest of bytes, in hexadecimal."""
    return hashlib.new("sm3", data).hexdigest()


def fill(template: bytes, data: Mapping[str, Any]) -> Document:
    """Return the template filled with ``data`` (dicts, lists, texts, numbers, truth values). Raise TemplateFault."""
    given = json.dumps(clean(data), ensure_ascii=False).encode()
    process = subprocess.Popen(
        [sys.executable, "-m", filling.__name__],
        cwd=Path(__file__).parents[2],
        env={"PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        answer, _nothing = process.communicate(b"%d\n%b%b" % (len(given), given, template), timeout=FILLING_S)
    except subprocess.TimeoutExpired as error:
        raise TemplateFault("time") from error
    finally:
        _end(process)
    if answer[:1] == filling.FILLED:
        return Document(packed_alike(answer[1:]))
    if answer[:1] == filling.REFUSED:
        raise TemplateFault(**json.loads(answer[1:]))
    logger.warning("a template could not be filled", code=process.returncode)
    raise TemplateFault(
        "time" if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL) else "damaged"
    )


def clean(value: Any) -> Any:
    """Return data without what no XML can hold: control characters, lone halves of characters, and no characters."""
    if isinstance(value, str):
        kept = value.replace("\r\n", "\n")
        return "".join(
            each
            for each in kept
            if each in "\n\t"
            or (unicodedata.category(each) not in ("Cc", "Cs") and each not in "\ufffe\uffff")
        )
    if isinstance(value, Mapping):
        return {str(name): clean(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


def packed_alike(data: bytes) -> bytes:
    """Return a Word file whose parts have one fixed date, so that the same content gives the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(written, "w") as after:
        for part in before.infolist():
            fixed = zipfile.ZipInfo(part.filename, _SAME_DAY)
            fixed.compress_type, fixed.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(fixed, before.read(part))
    return written.getvalue()


def office() -> str | None:
    """Return the path of LibreOffice, None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def as_pdf(document: bytes) -> bytes:
    """Return a Word file as PDF, made by a LibreOffice with a profile of its own. Raise NoPdf."""
    program = office()
    if program is None:
        raise NoPdf("LibreOffice is not installed")
    _forget_left()
    with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:
        source = Path(folder, "paper.docx")
        source.write_bytes(document)
        process = subprocess.Popen(
            [
                *(program, f"-env:UserInstallation=file://{folder}/profile"),
                *("--headless", "--norestore", "--convert-to", "pdf", "--outdir", folder, str(source)),
            ],
            env={"HOME": folder, "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        try:
            process.wait(timeout=PDF_S)
        except subprocess.TimeoutExpired as error:
            raise NoPdf("LibreOffice took too long") from error
        finally:
            _end(process)
        made = source.with_suffix(".pdf")
        # it ends well even where it could not read the file
        if not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise NoPdf(f"LibreOffice ended with {process.returncode} and no PDF")
        return made.read_bytes()


def _forget_left() -> None:
    """Remove the folders of conversions whose process was killed: no conversion takes nearly as long."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with suppress(OSError):  # another process was quicker, or it is another user's
            if time.time() - folder.lstat().st_mtime > LEFT_S:
                shutil.rmtree(folder)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and what it started."""
    with suppress(ProcessLookupError):  # it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
