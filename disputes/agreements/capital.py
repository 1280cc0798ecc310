"""Amounts of money in Chinese capitals 大写, as receipts and agreements have them beside the figures."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_capitals(fen: int) -> str:
    """Return an amount of fen in capitals: 144,000.50 yuan is 壹拾肆万肆仟元伍角整. From 0 to below 10^16 yuan."""
    yuan, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif last and yuan:
        words += _DIGITS[0]
    return words + (f"{_DIGITS[last]}分" if last else "整")


def _whole(number: int) -> str:
    if not number:
        return _DIGITS[0]
    found, is_gap = "", False
    for group in range(len(_GROUPS) - 1, -1, -1):
        part = number // 10_000**group % 10_000
        if not part:
            is_gap = is_gap or bool(found)
            continue
        if found and (is_gap or part < 1000):
            found += _DIGITS[0]
        found += _group(part) + _GROUPS[group]
        is_gap = False
    return found


def _group(number: int) -> str:
    found, is_gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            is_gap = is_gap or bool(found)
            continue
        found += (_DIGITS[0] if is_gap else "") + _DIGITS[digit] + _PLACES[place]
        is_gap = False
    return found
