"""Kinds of enterprises in the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """One kind of enterprise. ``name`` may have {brand} or {road}; ``count`` is how many the large bureau has."""

    industry: str  # GB/T 4754-2017
    name: str
    count: int
    staff: tuple[int, int]
    key_class: str = ""  # Order 421, Art. 13
    dangerous: bool = False
    calls: float = 0.3  # police calls per quarter


TRADES = [
    Trade("C3484", "清河{brand}精密机械有限公司", 9, (45, 420)),
    Trade("C3670", "清河{brand}汽车零部件有限公司", 8, (80, 900)),
    Trade("C3525", "东江{brand}模具有限公司", 7, (25, 160)),
    Trade("C3311", "清河{brand}钢构工程有限公司", 6, (40, 260)),
    Trade("C3824", "{brand}电子科技（清河）有限公司", 9, (90, 1600)),
    Trade("C3922", "{brand}通信设备有限公司", 5, (120, 700)),
    Trade("C2922", "清河{brand}塑业有限公司", 6, (30, 220)),
    Trade("C2669", "清河{brand}精细化工有限公司", 5, (60, 320), "7", True),
    Trade("C2710", "{brand}制药（清河）有限公司", 4, (150, 800), "7", True),
    Trade("C1411", "东江{brand}食品有限公司", 7, (40, 380)),
    Trade("C1771", "清河{brand}家纺有限公司", 6, (50, 460)),
    Trade("C2319", "清河{brand}包装印务有限公司", 5, (25, 180)),
    Trade("C3031", "东江{brand}建材有限公司", 5, (30, 150)),
    Trade("D4430", "清河{brand}热力有限公司", 2, (90, 260), "4"),
    Trade("D4511", "东江{brand}燃气有限公司", 2, (70, 240), "4", True),
    Trade("D4620", "东江{brand}水务有限公司", 2, (60, 180), "4"),
    Trade("E4710", "清河{brand}建筑工程有限公司", 7, (60, 700), calls=0.6),
    Trade("F5111", "清河{brand}粮油贸易有限公司", 4, (12, 60)),
    Trade("F5211", "{brand}百货（{road}店）", 6, (60, 320), calls=1.1),
    Trade("F5251", "{brand}大药房{road}店", 7, (6, 22)),
    Trade("F5265", "{brand}石油{road}加油站", 8, (9, 24), "7", True, 0.4),
    Trade("F5261", "清河{brand}汽车销售服务有限公司", 6, (40, 150)),
    Trade("G5431", "清河{brand}货运有限公司", 7, (30, 260)),
    Trade("G5942", "东江{brand}危化品仓储有限公司", 3, (25, 90), "7", True),
    Trade("G5920", "{brand}物流园（清河）有限公司", 6, (70, 480), "5"),
    Trade("G6010", "清河市邮政{road}支局", 2, (25, 70)),
    Trade("H6110", "清河{brand}大酒店有限公司", 5, (80, 340), calls=1.2),
    Trade("H6121", "{brand}快捷酒店（{road}店）", 7, (10, 35), calls=0.9),
    Trade("H6210", "{brand}酒楼（{road}店）", 7, (15, 90), calls=0.7),
    Trade("I6513", "清河{brand}软件有限公司", 6, (25, 400)),
    Trade("I6311", "清河{brand}通信运营有限公司", 2, (120, 500), "1"),
    Trade("J6621", "清河{brand}银行{road}支行", 7, (14, 60), "8"),
    Trade("K7020", "清河{brand}物业服务有限公司", 8, (40, 320), calls=1.0),
    Trade("K7010", "清河{brand}置业有限公司", 4, (30, 160), calls=0.6),
    Trade("M7452", "{brand}检测技术（清河）有限公司", 4, (20, 120)),
    Trade("N7820", "东江{brand}环境服务有限公司", 3, (60, 400)),
    Trade("O8111", "{brand}汽车维修（{road}店）", 6, (8, 40)),
    Trade("P8310", "东江区{brand}幼儿园", 5, (20, 60), "6"),
    Trade("P8321", "东江区{road}小学", 4, (60, 180), "6"),
    Trade("P8334", "清河市{brand}高级中学", 2, (180, 420), "6"),
    Trade("Q8411", "清河{brand}医院", 3, (180, 1500), "6", False, 1.6),
    Trade("R9012", "{brand}电子游艺城", 3, (10, 45), calls=1.0),
    Trade("R9011", "{brand}量贩歌城（{road}店）", 4, (20, 90), calls=1.4),
    Trade("R8850", "清河市{brand}博物馆", 1, (40, 110), "9"),
]
