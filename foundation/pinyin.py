"""Pinyin of names: one sort key for every list, and what a search by pinyin or initials finds.

pypinyin reads words by its dictionary of phrases. What that lacks is here: surnames that are read in another way than
the character alone, and words in names of places and firms.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin
from pypinyin.seg import mmseg

from foundation.searching import searchable

# Surnames with a reading of their own, with its tone
SURNAMES = {
    "单": "shan4",
    "曾": "zeng1",
    "仇": "qiu2",
    "解": "xie4",
    "区": "ou1",
    "查": "zha1",
    "朴": "piao2",
    "盖": "ge3",
    "缪": "miao4",
    "覃": "qin2",
    "员": "yun4",
    "折": "she2",
    "召": "shao4",
    "乐": "yue4",
    "翟": "zhai2",
    "黑": "he4",
    "秘": "bi4",
    "繁": "po2",
    "种": "chong2",
    "隗": "wei3",
    "薄": "bo2",
    "祭": "zhai4",
    "燕": "yan1",
    "应": "ying1",
    "华": "hua4",
    "任": "ren2",
    "宁": "ning4",
    "教": "jiao4",
    "仉": "zhang3",
    "逄": "pang2",
    "郗": "xi1",
    "郇": "xun2",
    "谌": "chen2",
    "牟": "mou2",
    "洗": "xian3",
}
# Of these, the ones that begin the name of a firm as a surname rather than as a word
FIRMS = frozenset("单曾仇解查朴缪覃翟仉逄谌")
COMPOUND = {"尉迟": "yu4chi2", "万俟": "mo4qi2", "长孙": "zhang3sun1", "单于": "chan2yu2", "令狐": "ling2hu2"}
# Words that the dictionary of phrases lacks or reads differently
WORDS = {
    "支行": "zhi1hang2",
    "药行": "yao4hang2",
    "石行": "shi2hang2",
    "木行": "mu4hang2",
    "粮行": "liang2hang2",
    "鱼行": "yu2hang2",
    "花行": "hua1hang2",
    "布行": "bu4hang2",
    "茶行": "cha2hang2",
    "典当行": "dian3dang4hang2",
    "朝阳": "chao2yang2",
    "长治": "chang2zhi4",
    "长丰": "chang2feng1",
    "长泰": "chang2tai4",
    "单县": "shan4xian4",
    "洪洞": "hong2tong2",
    "大城县": "dai4cheng2xian4",
    "会稽": "kuai4ji1",
    "弹力": "tan2li4",
    "弹簧": "tan2huang2",
}
_SYLLABLE = re.compile(r"[a-zü]+[1-5]")
_OWN_READINGS = {**COMPOUND, **WORDS}
_OWN = re.compile("|".join(sorted(map(re.escape, _OWN_READINGS), key=len, reverse=True)))
_CHINESE = re.compile(r"([\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")
_FAMILY = re.compile(f"[{''.join(SURNAMES)}](?=[记氏])")


SORT_KEY_LENGTH = 120


class Piece(NamedTuple):
    """A syllable with its tone, or a text that is not Chinese, without a tone."""

    text: str
    tone: str = ""


class Reading(tuple[Piece, ...]):
    """How a name is read: its syllables, and between them what is not Chinese, in lower case."""

    @property
    def sort_key(self) -> str:
        """Compares as a dictionary does, syllable by syllable and tone by tone: 西安 (xi1an1) before 先锋 (xian1…)."""
        return "".join(piece.text + piece.tone for piece in self)

    @property
    def initials(self) -> str:
        """The first letters of the syllables, with letters and digits as they are: 3M中国 → 3mzg."""
        return "".join(piece.text[0] if piece.tone else _plain(piece.text) for piece in self)

    @property
    def full(self) -> str:
        """The whole pinyin without tones and blanks: 3mzhongguo."""
        return "".join(_plain(piece.text) for piece in self)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def sort_key(name: str) -> str:
    """Return what the lists compare of the name of an enterprise."""
    return reading(name).sort_key[:SORT_KEY_LENGTH]


def sort_key_of_person(name: str) -> str:
    """Return what the lists compare of a person's name."""
    return reading(name, person=True).sort_key[:SORT_KEY_LENGTH]


@lru_cache(maxsize=4_096)
def reading(name: str, *, person: bool = False) -> Reading:
    """Return how a name is read. The name of a ``person`` begins with a surname."""
    pieces: list[Piece] = []
    for number, part in enumerate(_CHINESE.split(searchable(name))):
        if number % 2:
            pieces += _syllables(part, first=not pieces, person=person)
        elif part:
            pieces.append(Piece(part))
    return Reading(pieces)


def span_of(name: str, typed: str, *, person: bool = False) -> tuple[int, int] | None:
    """Return begin and end of the characters of a name whose initials or whole pinyin contain what was typed."""
    units: list[tuple[int, int, str, str]] = []  # of the name: begin and end, first letter, whole reading
    at = 0
    for piece in reading(name, person=person):
        if piece.tone:
            units.append((at, at + 1, piece.text[0], piece.text))
            at += 1
        else:
            units += [(at + n, at + n + 1, each, each) for n, each in enumerate(piece.text) if each.isalnum()]
            at += len(piece.text)
    if at != len(name):  # normalized, so the places are not those of the name
        return None
    for column in (2, 3):
        letters = [(unit, letter) for unit in units for letter in str(unit[column])]
        begin = "".join(letter for _unit, letter in letters).find(typed)
        if begin >= 0:
            return letters[begin][0][0], letters[begin + len(typed) - 1][0][1]
    return None


def _syllables(text: str, *, first: bool, person: bool) -> list[Piece]:
    found: list[Piece] = []
    if first and (surname := _surname(text, person=person)):
        length, found = surname
        text = text[length:]
    done = 0
    for own in _OWN.finditer(text):
        found += _by_phrases(text[done : own.start()])
        found += _pieces(_OWN_READINGS[own[0]])
        done = own.end()
    return found + _by_phrases(text[done:])


def _surname(text: str, *, person: bool) -> tuple[int, list[Piece]] | None:
    """Return the length and the syllables of the surname at the beginning, if it has a reading of its own."""
    if text[:2] in COMPOUND and (person or text[:2] != "单于"):
        return 2, _pieces(COMPOUND[text[:2]])
    if text[:1] not in SURNAMES:
        return None
    alone = person or (text[0] in FIRMS and next(iter(mmseg.seg.cut(text))) == text[0])
    return (1, _pieces(SURNAMES[text[0]])) if alone else None


def _by_phrases(text: str) -> list[Piece]:
    found: list[Piece] = []
    done = 0
    for family in _FAMILY.finditer(text):
        found += _dictionary(text[done : family.start()]) + _pieces(SURNAMES[family[0]])
        done = family.end()
    return found + _dictionary(text[done:])


def _dictionary(text: str) -> list[Piece]:
    if not text:
        return []
    return [_piece(each) for each in lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)]


def _piece(read: str) -> Piece:
    """Return a syllable; a character without a reading stays as it is."""
    return Piece(read[:-1], read[-1]) if _SYLLABLE.fullmatch(read) else Piece(read.rstrip("5"))


def _pieces(readings: str) -> list[Piece]:
    return [_piece(each) for each in _SYLLABLE.findall(readings)]
