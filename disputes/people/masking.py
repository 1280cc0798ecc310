"""How persons of a dispute are shown to those who have not opened them, and how their data stay out of its texts.

A title (what a dispute is about, its place) may name no party and no number at all, because it is shown in lists, on Today, in
notifications and among hits, where no list of persons is at hand. What people demand is written down in their own words, so it
may name persons; it is shown on the page of the dispute alone, masked with the names of its parties. Numbers that look like an
identity number or a telephone are masked wherever such a text is shown.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _

MASK = "*"
SHORTEST_NAME = 2  # characters; a single one is a word of any text
# region, day of birth, sequence, check digit: not every number of eighteen digits
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_TAG = re.compile(r"(<[^<>]*>)")
_RAW = ("script", "textarea", "style")  # no text of the page: what a person types stays
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ＋－　", "0123456789Xx+- ")
TITLE_FIELDS = ("summary", "place")  # of a dispute: shown where nobody knows its parties
OWN_WORDS = ("claimed", "answered", "note")  # of a dispute: shown on its page alone


def masked_name(name: str) -> str:
    """Return a name with its first character alone: 陈建国 is 陈**, Anna Berg is A***."""
    if not name:
        return ""
    name = name if name.isascii() else "".join(name.split())
    stars = len(name) - 1 if not name.isascii() else 3
    return name[0] + MASK * min(max(stars, 1), 3)


def masked_phone(phone: str) -> str:
    """Return a telephone number without its middle: 138****0731."""
    plain = re.sub(r"\D", "", phone)
    if len(plain) < 7:
        return MASK * 4 if plain else ""
    return f"{plain[-11:-8] if len(plain) >= 11 else plain[:3]}****{plain[-4:]}"


def masked_identity(identity: str) -> str:
    """Return an identity number with its first two and last two signs."""
    return f"{identity[:2]}{MASK * 4}{identity[-2:]}" if len(identity) > 8 else MASK * 4 if identity else ""


def masked(text: str, people: Iterable[str] = ()) -> str:
    """Return a text with the names of ``people``, identity numbers and mobile numbers masked."""
    if not text:
        return ""
    for name in sorted({each for each in people if len(each) >= SHORTEST_NAME}, key=len, reverse=True):
        text = re.sub(_loosely(name), lambda found: masked_name(found.group()), text, flags=re.IGNORECASE)
    return masked_numbers(text)


def restored(text: str, stored: str, people: Iterable[str] = ()) -> str:
    """Return a text that was typed over the masked ``stored`` one, with what its masks hide.

    A mask that stands for two persons, or that was typed anew, stays a mask.
    """
    if _lines(text) == _lines(masked(stored, people)):
        return stored
    hidden: dict[str, set[str]] = {}
    for name in (each for each in people if len(each) >= SHORTEST_NAME):
        for found in re.finditer(_loosely(name), stored, flags=re.IGNORECASE):
            hidden.setdefault(masked_name(name), set()).add(found.group())
    plain = stored.translate(_WIDE)
    for pattern, mask in ((_NUMBER, masked_identity), (_MOBILE, masked_phone)):
        for found in pattern.finditer(plain):
            hidden.setdefault(mask(found.group()), set()).add(found.group())
    for mask_text, said in hidden.items():
        if len(said) == 1:
            text = text.replace(mask_text, next(iter(said)))
    return text


def _lines(text: str) -> list[str]:
    """Return the lines of a text, however a browser sends them."""
    return text.strip().splitlines()


def masked_page(html: str, people: Iterable[str]) -> str:
    """Return a page with the names of ``people``, identity numbers and mobile numbers masked in its texts, not in its markup."""
    # as a template writes them: O&#x27;Brien
    names = sorted({escape(each) for each in people if len(each) >= SHORTEST_NAME}, key=len, reverse=True)
    pattern = re.compile("|".join(map(_loosely, names)), re.IGNORECASE) if names else None

    def shown(text: str) -> str:
        if pattern is not None:
            text = pattern.sub(lambda found: masked_name(found.group()), text)
        return masked_numbers(text)

    parts, raw = [], ""
    for part in _TAG.split(html):
        if part.startswith("<"):
            name = part[1:10].lower()
            if raw and name.startswith(f"/{raw}"):
                raw = ""
            elif not raw:
                raw = next((each for each in _RAW if name.startswith(each)), "")
            parts.append(part)
        else:
            parts.append(part if raw else shown(part))
    return "".join(parts)


def masked_numbers(text: str) -> str:
    """Return a text with what looks like an identity number or a mobile number masked."""
    if not any(map(str.isdigit, text)):
        return text
    plain = text.translate(_WIDE)
    if not (_NUMBER.search(plain) or _MOBILE.search(plain)):
        return text
    plain = _NUMBER.sub(lambda found: masked_identity(found.group()), plain)
    return _MOBILE.sub(lambda found: masked_phone(found.group()), plain)


def has_number(text: str) -> bool:
    """Return whether a text contains what looks like an identity number or a mobile number."""
    plain = text.translate(_WIDE)
    return bool(_NUMBER.search(plain) or _MOBILE.search(plain))


def names_one_of(text: str, people: Iterable[str]) -> bool:
    """Return whether a text contains one of these names."""
    return any(
        len(each) >= SHORTEST_NAME and re.search(_loosely(each), text, flags=re.IGNORECASE) for each in people
    )


def refuse_persons(text: str, field: str, people: Iterable[str]) -> None:
    """Raise ValidationError at ``field`` if a text that others read contains a person or a number of one."""
    if has_number(text):
        raise ValidationError(
            {field: _("Identity numbers and telephones belong with the parties, where they are sealed.")}
        )
    if names_one_of(text, people):
        raise ValidationError({field: _("This text names a party. Write what happened without the name.")})


def _loosely(name: str) -> str:
    """Return the pattern of a name with blanks between its characters or words."""
    if name.isascii():
        return r"(?<![A-Za-z])" + r"\s+".join(map(re.escape, name.split())) + r"(?![A-Za-z])"
    return r"\s*".join(map(re.escape, "".join(name.split())))
