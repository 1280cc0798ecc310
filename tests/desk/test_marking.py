"""What a search marks in the texts of its hits."""

import pytest

from desk.marking import marked
from foundation.pinyin import span_of


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("宏远化工", ["化工"], "宏远<mark>化工</mark>"),
        ("宏远化工化工", ["化工", "远化"], "宏<mark>远化工化工</mark>"),
        ("ABC 3号", ["abc", "3"], "<mark>ABC</mark> <mark>3</mark>号"),
        ("<b> & x", ["b", "x"], "&lt;<mark>b</mark>&gt; &amp; <mark>x</mark>"),
        ("宏远化工", ["hyhg"], "宏远化工"),
        ("İstanbul", ["stan"], "İstanbul"),
        ("", ["x"], ""),
    ],
)
def test_words(text: str, words: list[str], shown: str) -> None:
    assert marked(text, words) == shown


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("清河宏远化工有限公司", "hyhg", "清河<mark>宏远化工</mark>有限公司"),
        ("清河宏远化工有限公司", "yuanhua", "清河宏<mark>远化</mark>工有限公司"),
        ("3M中国", "3mz", "<mark>3M中</mark>国"),
        ("3M （中国）", "mzg", "3<mark>M （中国</mark>）"),
        ("宏远化工", "xyz", "宏远化工"),
    ],
)
def test_names_as_they_are_read(name: str, typed: str, shown: str) -> None:
    assert marked(name, [typed], is_name=True) == shown


def test_a_surname_of_a_person() -> None:
    assert marked("单田芳", ["shan"], is_person=True) == "<mark>单</mark>田芳"
    assert marked("区田芳", ["ou"], is_person=True) == "<mark>区</mark>田芳"
    assert marked("区田芳", ["ou"], is_name=True) == "区田芳"


def test_a_text_that_is_not_normalized_has_no_places() -> None:
    assert span_of("ﬁrm宏远", "hy") is None
