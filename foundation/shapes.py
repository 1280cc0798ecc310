"""What the content of a column looks like: a person's name, a telephone number, a police number. For proposals only, never for checks."""

import re

from foundation.identifiers import compact, phone_number
from foundation.normalising import nfkc

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤倪关岳易费牛温庄芦章鲁葛常季殷"
    "康施牟翟洪华齐安尚樊文庞颜柴焦欧左甘成古包艾耿卜游兰梅阮童詹翁柳霍纪舒聂查柯骆宁屈路项祝管解单席裴祁冉房涂尤鲍蒲"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_MINORITY_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}·[\u4e00-\u9fff·]{2,12}\Z")
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)?(?: [A-Z][a-z'-]+){1,3}\Z")
_PHONE = re.compile(
    r"(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:-\d{1,5})?|[2-9]\d{6,7})\Z"
)


def looks_like_person(text: str) -> bool:
    """Return whether a text looks like the name of one person."""
    plain = nfkc(text).strip()
    if _HAN_NAME.match(plain):
        return plain[0] in _SURNAMES
    return bool(_MINORITY_NAME.match(plain) or _LATIN_NAME.match(plain))


def looks_like_phone(text: str) -> bool:
    """Return whether a text looks like a telephone number of this country."""
    return bool(_PHONE.match(phone_number(text)))


def looks_like_police_number(text: str) -> bool:
    """Return whether a text looks like a police number 警号: six digits."""
    plain = compact(text)
    return len(plain) == 6 and plain.isascii() and plain.isdigit()
