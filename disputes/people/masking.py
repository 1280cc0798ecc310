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

from foundation.database.sealed import UNREADABLE, is_unreadable

MASK = "*"
# what people enter in the place of a name and names nobody: it needs no mask, and every other text may say it
_NOBODY = (
    "本人，家长，父亲，母亲，父母，监护人，代理人，委托代理人，法定代理人，法定代表人，代表，负责人，"
    "经理，总经理，老板，厂长，律师，会计，工人，员工，职工，民工，业主，房东，租户，邻居，丈夫，"
    "妻子，配偶，儿子，女儿，同事，当事人，申请人，被申请人，不详，未知，某某，无名，"
    "mother，father，parent，parents，guardian，agent，representative，legal representative，manager，"
    "owner，boss，director，lawyer，accountant，worker，workers，employee，landlord，tenant，neighbour，"
    "neighbor，husband，wife，son，daughter，colleague，unknown，n/a"
)
NO_NAMES = frozenset(_NOBODY.split("，"))
SHORTEST_NAME = 2  # characters; a single one is a word of any text
# region, day of birth, sequence, check digit: not every number of eighteen digits
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_TAG = re.compile(r"(<[^<>]*>)")
_RAW = ("script", "textarea", "style")  # no text of the page: what a person types stays
_ATTRIBUTE = re.compile(r"""(?<=\s)([^\s=<>"'/]+)=("[^"]*"|'[^']*')""")
# what the browser follows, looks up or sends back: no words for people
_MARKUP = frozenset(
    ("value", "href", "src", "srcset", "action", "formaction", "id", "for", "name", "class", "style", "type")
) | frozenset(
    ("form", "list", "pattern", "rel", "target", "method", "role", "width", "height", "d", "points")
)
_SAID = frozenset(
    ("title", "alt", "placeholder", "label", "summary", "content")
)  # may have numbers of persons
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ＋－　", "0123456789Xx+- ")
TITLE_FIELDS = ("summary", "place")  # of a dispute: shown where nobody knows its parties
OWN_WORDS = ("claimed", "answered", "note")  # of a dispute: shown on its page alone


def names_somebody(text: str) -> bool:
    """Return whether a text in the place of a name can be one: "经理" or "mother" says what somebody is, and every other text may say it."""
    return " ".join(text.split()).casefold() not in NO_NAMES


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
    """Return a text with the names of ``people``, identity numbers and mobile numbers masked.

    If one of them cannot be read, because its key is gone, nothing of the text is shown: it may name that person.
    """
    people = list(people)
    if not text or UNREADABLE in people:
        return UNREADABLE if text else ""
    for name in sorted({each for each in people if len(each) >= SHORTEST_NAME}, key=len, reverse=True):
        text = re.sub(_loosely(name), lambda found: masked_name(found.group()), text, flags=re.IGNORECASE)
    return masked_numbers(text)


def restored(text: str, stored: str, people: Iterable[str] = ()) -> str:
    """Return a text that was typed over the masked ``stored`` one, with what its masks hide.

    A mask that stands for several stands for them in their order, as long as it stands there as often. Raise ValueError with
    the mask for one that would be stored: nobody knows any more whom it means; and for a text that could not be read.
    """
    people = list(people)
    if UNREADABLE in people and _lines(text) == [UNREADABLE]:
        return stored
    if (is_unreadable(stored) or UNREADABLE in people) and UNREADABLE in text:
        raise ValueError(UNREADABLE)
    if _lines(text) == _lines(masked(stored, people)):
        return stored
    names = {each for each in people if len(each) >= SHORTEST_NAME and each != UNREADABLE}
    hidden: dict[str, list[tuple[int, str]]] = {masked_name(each): [] for each in names}
    taken = [False] * (len(stored) + 1)
    for name in sorted(names, key=len, reverse=True):
        for found in re.finditer(_loosely(name), stored, flags=re.IGNORECASE):
            if not any(taken[found.start() : found.end()]):
                taken[found.start() : found.end()] = [True] * (found.end() - found.start())
                hidden.setdefault(masked_name(found.group()), []).append((found.start(), found.group()))
    plain = stored.translate(_WIDE)
    for pattern, mask in ((_NUMBER, masked_identity), (_MOBILE, masked_phone)):
        for found in pattern.finditer(plain):
            hidden.setdefault(mask(found.group()), []).append((found.start(), found.group()))
    for mask_text in sorted(hidden, key=len, reverse=True):
        said = [each for _at, each in sorted(hidden[mask_text])]
        parts = text.split(mask_text)
        if len(parts) == 1:
            continue
        if len(set(said)) == 1:
            text = said[0].join(parts)
        elif len(said) == len(parts) - 1:
            text = parts[0] + "".join(f"{each}{rest}" for each, rest in zip(said, parts[1:], strict=True))
        else:
            raise ValueError(mask_text)
    return text


def restored_at(name: str, text: str, stored: str, people: Iterable[str] = ()) -> str:
    """Return the same of the field ``name`` of a form. Raise ValidationError there for a mask that would be stored."""
    try:
        return restored(text, stored, people)
    except ValueError as error:
        words = _(
            "“%(mask)s” only hides a name or a number. Write whom you mean, or leave the text as it was."
        )
        if str(error) == UNREADABLE:
            words = _("What stands here cannot be read now: its key is missing. Tell whoever runs Anqi.")
        raise ValidationError({name: words % {"mask": error}}) from error


def _lines(text: str) -> list[str]:
    """Return the lines of a text, however a browser sends them."""
    return text.strip().splitlines()


def masked_page(html: str, people: Iterable[str]) -> str:
    """Return a page with the names of ``people``, identity numbers and mobile numbers masked in its texts and what tags say.

    Addresses, and what a form sends back, stay: a field begins with the masked text (``MaskedForm``).
    """
    # as a template writes them: O&#x27;Brien
    names = sorted({escape(each) for each in people if len(each) >= SHORTEST_NAME}, key=len, reverse=True)
    pattern = re.compile("|".join(map(_loosely, names)), re.IGNORECASE) if names else None

    def shown(text: str) -> str:
        if pattern is not None:
            text = pattern.sub(lambda found: masked_name(found.group()), text)
        return masked_numbers(text)

    def shown_in(found: re.Match[str]) -> str:
        name, value = found.group(1), found.group(2)
        plain = name.lower()
        if plain in _MARKUP or plain.startswith("hx-"):
            return found.group()
        if pattern is not None:
            value = pattern.sub(lambda each: masked_name(each.group()), value)
        is_said = plain in _SAID or plain.startswith(("aria-", "data-"))
        return f"{name}={masked_numbers(value) if is_said else value}"

    parts, raw = [], ""
    for part in _TAG.split(html):
        if part.startswith("<"):
            name = part[1:10].lower()
            if raw and name.startswith(f"/{raw}"):
                raw = ""
            elif not raw:
                raw = next((each for each in _RAW if name.startswith(each)), "")
            parts.append(_ATTRIBUTE.sub(shown_in, part) if "=" in part else part)
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


def name_in(text: str, people: Iterable[str]) -> str:
    """Return the first of these names that a text contains, as it stands there; "" if it has none."""
    for each in people:
        found = re.search(_loosely(each), text, flags=re.IGNORECASE) if len(each) >= SHORTEST_NAME else None
        if found:
            return found.group()
    return ""


def names_one_of(text: str, people: Iterable[str]) -> bool:
    """Return whether a text contains one of these names."""
    return bool(name_in(text, people))


def refuse_persons(text: str, field: str, people: Iterable[str]) -> None:
    """Raise ValidationError at ``field`` if a text that others read contains a person or a number of one.

    Who is called like a common word may be named by chance, so the refusal says which word it is, masked.
    """
    if has_number(text):
        raise ValidationError(
            {field: _("Identity numbers and telephones belong with the parties, where they are sealed.")}
        )
    if name := name_in(text, people):
        words = _("This text names a party (%(mask)s). Write it without the name, or in other words.")
        raise ValidationError({field: words % {"mask": masked_name(name)}})


def _loosely(name: str) -> str:
    """Return the pattern of a name with blanks between its characters or words."""
    if name.isascii():
        return r"(?<![A-Za-z])" + r"\s+".join(map(re.escape, name.split())) + r"(?![A-Za-z])"
    return r"\s*".join(map(re.escape, "".join(name.split())))
