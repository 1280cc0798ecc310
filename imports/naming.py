"""Which field a column's name means: exactly, or nearly.

Nearly is for proposals only. Names of days, people, numbers and codes are alike in their last words (离职日期, 登记日期), so what
counts is the rest of the name, and names with different last words are never alike.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from django.utils.translation import gettext_lazy as _

from foundation.contributions.sheets import Target, targets
from foundation.database.fields import field_of
from foundation.identifiers import folded
from foundation.normalising import nfkc
from foundation.words import Words, in_all_languages
from imports.layouts import BETWEEN
from imports.layouts import Words as Names
from imports.targets import ENTERPRISE, is_enterprise

KEY, STATION, RECORD = "key", "station", "record"
BY_CODE, BY_NUMBER, BY_NAME = "enterprise.code", "enterprise.number", "enterprise.name"
ENTERPRISE_BY = {
    BY_CODE: "credit_code",
    BY_NUMBER: "key",
    BY_NAME: "name",
}  # as in a profile, the surest first
NEAR = 0.62  # how like a name must be to be proposed
RUNNING_NUMBERS = frozenset(
    map(folded, ("序号", "项次", "行号", "次序", "No.", "No", "#", "№", "S/N", "row", "nr"))
)

# what templates and the pages call what no field stores
OWN_WORDS: dict[str, Words] = {
    BY_CODE: _("Enterprise, by its credit code"),
    BY_NUMBER: _("Enterprise, by its number in the source"),
    BY_NAME: _("Enterprise, by its name"),
    KEY: _("Number of the record in the source"),
}
_KEY_WORDS = ("编号", "external key", "key", "reference number")
_ANY_ENTERPRISE = {
    BY_CODE: (),
    BY_NUMBER: ("enterprise number", "enterprise id", "enterprise no"),
    BY_NAME: ("单位", "企业", "公司", "商户", "场所", "enterprise", "firm"),
}


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What a name ends with in Chinese, or has among its words in English; only names of one kind are alike
_KINDS = {
    "day": "日期及时间 日期时间 日期 时间 日 date on since until day deadline",
    "limit": "期限 时限",
    "phone": "联系电话 联系方式 电话号码 手机号码 手机号 电话 手机 座机 tel phone telephone mobile",
    "identity": "身份证号码 身份证号 身份证 证件号码 证件号 性别 年龄 民族 identity passport sex age",
    "title": "名称 全称 简称 名",
    "code": "代码 编码 code codes",
    "key": "编号 单号 案号 文号 id no",
    "amount": "金额 资金 资本 费用 罚款 amount capital sum fee",
    "count": "人数 数量 总数 合计 数 number count headcount",
    "place": "地址 住所 位置 部位 地点 address location",
    "body": "机关 机构 部门 派出所 authority department agency",
    "person": "姓名 人员 负责人 联系人 代表人 责任人 人 员 name person representative officer",
    "link": "微信号 微信 邮箱 网址 邮编 邮政编码 传真 qq email e-mail wechat postcode website fax",
    "state": "情况 结果 结论 result status",
    "kind": "类别 类型 分类 种类 性质 等级 级别 type kind category level class",
}
_ENDINGS = sorted(
    ((word, kind) for kind, words in _KINDS.items() for word in words.split() if not word.isascii()),
    key=lambda pair: -len(pair[0]),
)
_ENGLISH = {word: kind for kind, words in _KINDS.items() for word in words.split() if word.isascii()}
_ALIKE = [
    *({kind, ""} for kind in ("count", "person", "state", "place", "code", "title")),
    *({"kind", "code"}, {"key", "code"}, {"title", "body"}),
]
# A name with one of these means something else than the name without it
_TURNS = _listed(
    "其中 女 男 保安 保卫人员 辅助 被 受 原 曾用 下次 下一次 上次 最近 非 不 未 撤 离 退 注销 吊销 入职 出生 变更 复查 陪同 家属 紧急 开户 税务 到期"
)
_ENGLISH_TURNS = _listed(
    "former previous last next old not non deregistered cancelled expiry birth parent re-inspection emergency tax"
)
_TYPES = {"day": "DateField", "limit": "DateField", "count": "PositiveIntegerField", "amount": "DecimalField"}
# what is left of a name and says nothing by itself
_ANYTHING = _listed(
    "单位 企业 公司 商户 场所 本 检查 隐患 纠纷 活动 联系 经营 注册 登记 复查 整改 信息 主要 建档"
)
_FILLERS = re.compile(r"^(?:是否|有无)|所在|具体|详细|实际|总$")
_STOP = _listed("of the a an in is are was and no number on to be by for y n")
_NEUTRAL = _listed("name full date day official current company business firm enterprise contact")
_BRACKETS = re.compile(r"[(\[【<《][^()\[\]【】<>《》]*[)\]】>》]")
_SIGNS = re.compile(r"[\s_*＊:、,.。/\\'\"“”()\[\]【】?？!-]+")
_GENERIC = re.compile(
    r"(?:列|字段|栏|column|col|field|unnamed:?)[\s_]*\d*|\[[A-Z]+\]|[A-Z]|\d+", re.IGNORECASE
)


@dataclass(frozen=True)
class Name:
    """The name of a column, taken apart."""

    text: str

    @cached_property
    def folded(self) -> str:
        return folded(self.text.replace(BETWEEN, ""))

    @cached_property
    def plain(self) -> str:
        """The folded name without brackets and signs."""
        text = _BRACKETS.sub("", nfkc(self.text.replace(BETWEEN, "")))
        return folded(_SIGNS.sub("", text)) or self.folded

    @cached_property
    def words(self) -> frozenset[str]:
        """The English words of a name, without small ones."""
        text = _BRACKETS.sub(" ", nfkc(self.text)).casefold().replace(BETWEEN, " ")
        return frozenset(each for each in re.findall(r"[a-z]+(?:-[a-z]+)?", text) if each not in _STOP)

    @cached_property
    def kind(self) -> str:
        """The kind of what it names, "" if its words do not say."""
        for ending, kind in _ENDINGS:
            if self.plain.endswith(ending):
                return kind
        kinds = {
            _ENGLISH[each]
            for each in re.findall(r"[a-z]+(?:-[a-z]+)?", self.text.casefold())
            if each in _ENGLISH
        }
        return kinds.pop() if len(kinds) == 1 else ""

    @cached_property
    def stem(self) -> str:
        """The name without the words for its kind."""
        ending = next((each for each, _kind in _ENDINGS if self.plain.endswith(each)), "")
        stem = self.plain.removesuffix(ending) or self.plain
        return _FILLERS.sub("", stem) or stem

    @cached_property
    def turns(self) -> frozenset[str]:
        """The parts that turn the meaning of the rest."""
        found = {each for each in _TURNS if each in self.plain}
        return frozenset(found | (_ENGLISH_TURNS & self.words))

    @property
    def is_bare(self) -> bool:
        """Whether it only says of what kind the content is: 日期, 人数."""
        return bool(self.kind) and any(self.plain == ending for ending, _kind in _ENDINGS)

    @property
    def is_generic(self) -> bool:
        """Whether it says nothing: 列3, Column1, [C]."""
        return bool(_GENERIC.fullmatch(nfkc(self.text).strip()))


@lru_cache(maxsize=64)
def _names(code: str) -> dict[str, tuple[Name, ...]]:
    target = targets[code]
    firm = targets[ENTERPRISE]
    found: dict[str, list[str]] = {}
    for name, each in target.fields.items():
        found[name] = [name, *in_all_languages(each.verbose_name), *target.synonyms.get(name, ())]
    if target.key:
        found[KEY] = [
            *in_all_languages(field_of(target.model, target.key).verbose_name),
            *in_all_languages(OWN_WORDS[KEY]),
            *_KEY_WORDS,
            *target.synonyms.get(KEY, ()),
        ]
    if is_enterprise(target):
        found[STATION] = [
            *in_all_languages(field_of(target.model, "station").verbose_name),
            *target.synonyms.get(STATION, ()),
        ]
    elif target.of_enterprise:
        own = {folded(each) for name in found for each in found[name]}
        for place, source in ((BY_CODE, "credit_code"), (BY_NUMBER, KEY), (BY_NAME, "name")):
            names = [
                *in_all_languages(OWN_WORDS[place]),
                *firm.synonyms.get(source, ()),
                *_ANY_ENTERPRISE[place],
                *target.synonyms.get(place, ()),
            ]
            if place == BY_CODE:
                names += in_all_languages(firm.fields["credit_code"].verbose_name)
            if place == BY_NUMBER:
                names = [each for each in names if folded(each) not in ("编号", "档案编号", "档案号", "id")]
            found[place] = [
                each for each in names if folded(each) not in own or each in target.synonyms.get(place, ())
            ]
        if target.reference:
            found[target.reference] = [
                *in_all_languages(targets[target.reference].model._meta.verbose_name or ""),
                *target.synonyms.get(target.reference, ()),
            ]
    return {name: tuple(Name(each) for each in dict.fromkeys(texts)) for name, texts in found.items()}


def names_of(target: Target) -> dict[str, tuple[Name, ...]]:
    """Return the names by which columns of each field are called, and of what no field stores: key, station, enterprise."""
    return _names(target.code)


def words_of(target: Target) -> Names:
    """Return all names of a kind's columns, folded, as a header is found by."""
    return frozenset(each.folded for names in names_of(target).values() for each in names) | RUNNING_NUMBERS


def exact(target: Target, text: str) -> list[str]:
    """Return the fields of which this is a name but for case, width and blanks."""
    name = Name(text)
    return [
        place
        for place, names in names_of(target).items()
        if any(each.folded == name.folded for each in names)
    ]


def nearness(name: Name, known: Name) -> float:
    """Return how like a known name a name is, from 0 to 1."""
    if name.plain == known.plain:
        return 0.97
    if name.turns != known.turns:
        return 0.0
    if name.kind != known.kind and {name.kind, known.kind} not in _ALIKE:
        return 0.0
    if name.words and known.words:
        return _like_words(name.words, known.words)
    if name.plain.isascii() or known.plain.isascii():
        return 0.0
    if name.kind in ("person", "title") and name.stem == known.plain:
        return 0.9  # 法定代表人姓名
    one, other = name.stem, known.stem
    if one == other:
        return 0.92 - 0.15 * (name.kind != known.kind) if len(one) > 1 else 0.7
    if one in _ANYTHING or other in _ANYTHING:
        return 0.0
    short, long = sorted((one, other), key=len)
    # what a Chinese name is about stands at its end: 治安保卫负责人 is one kind of 负责人, 法人性别 is no 法人
    if len(short) >= 2 and (long.endswith(short) or other.startswith(one)):
        return 0.6 + 0.3 * len(short) / len(long)
    if one.startswith(other):
        return 0.0
    ratio = SequenceMatcher(None, one, other).ratio()
    return 0.9 * ratio if min(len(one), len(other)) >= 3 else 0.0


def _like_words(one: frozenset[str], known: frozenset[str]) -> float:
    """Return how many words two English names share, with an eye for mistyped and shortened ones."""
    left, more = set(known), set()
    shared = 0.0
    for word in sorted(one):
        best = max(sorted(left), key=lambda each: _like_word(word, each), default="")
        if best and (like := _like_word(word, best)) >= 0.8:
            shared += like
            left.remove(best)
        else:
            more.add(word)
    if len(known) == 1 and more - _NEUTRAL:
        return 0.0  # "bank name" is no name
    return 0.95 * 2 * shared / (len(one) + len(known))


@lru_cache(maxsize=65_536)
def _like_word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.9
    return SequenceMatcher(None, one, other).ratio() if len(short) >= 5 else 0.0


def last_of(text: str) -> str:
    """Return the lower one of two names: 检查结果 of 检查情况｜检查结果."""
    return text.rpartition(BETWEEN)[2]


def _is_firm(target: Target, place: str) -> bool:
    """Return whether what a column is taken for is the name of a firm."""
    return place == BY_NAME or (place == "name" and is_enterprise(target))


def near(target: Target, text: str) -> dict[str, float]:
    """Return the fields with a name like this one, and how like it is."""
    name = Name(text)
    last = Name(last_of(text))
    found = {}
    for place, names in names_of(target).items():
        if name.kind == "person" and not name.plain.isascii() and _is_firm(target, place):
            continue  # 当事人 is no 当事单位
        score = max((nearness(name, each) for each in names), default=0.0)
        if BETWEEN in text and not name.turns:
            score = max(score, 0.85 * max((nearness(last, each) for each in names), default=0.0))
        if score >= NEAR:
            found[place] = score
    kind = _TYPES.get(name.kind)
    if name.is_bare and kind and not found:
        alike = [place for place, each in target.fields.items() if each.get_internal_type() == kind]
        needed = [place for place in alike if place in target.required]
        if len(needed or alike) == 1 and (needed or kind != "DateField"):
            found[(needed or alike)[0]] = NEAR
    if name.kind == "phone" and "phone" in target.fields and not name.turns:
        owners = [] if name.is_bare else exact(target, name.stem)
        if any(each in target.looks for each in owners) or name.stem == "联系人":
            found.setdefault("phone", NEAR)
    return found
