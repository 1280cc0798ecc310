"""The invented organisations."""

from foundation.accounts.choices import DepartmentKind

BUREAU = ("AD", "清河市公安局东江分局")
STATIONS = {
    "AD01": "开发区派出所",
    "AD02": "望江路派出所",
    "AD03": "石桥派出所",
    "AD04": "东江派出所",
}
STREETS = {"AD01": "开发区街道", "AD02": "望江街道", "AD03": "石桥镇", "AD04": "东江街道", "NH01": "南湖街道"}
SHARES = {"AD01": 0.32, "AD02": 0.26, "AD03": 0.20, "AD04": 0.22}  # share of the enterprises

SMALL_BUREAU = ("NH", "清河市公安局南湖分局")
SMALL_STATIONS = {"NH01": "南湖路派出所"}
SMALL_COUNT = 12

DISTRICTS = {"AD": ("439901", "清河市东江区"), "NH": ("439902", "清河市南湖区")}  # not in GB/T 2260

DEPARTMENTS = (
    ("YJ", "东江区应急管理局", DepartmentKind.EMERGENCY),
    ("SC", "东江区市场监督管理局", DepartmentKind.MARKET),
    ("RS", "东江区人力资源和社会保障局", DepartmentKind.LABOUR),
    ("GX", "东江区工业和信息化局", DepartmentKind.INDUSTRY),
    ("XF", "东江区消防救援大队", DepartmentKind.FIRE),
    ("ZJ", "东江区住房和城乡建设局", DepartmentKind.HOUSING),
    ("WJ", "东江区卫生健康局", DepartmentKind.HEALTH),
    ("GH", "东江区总工会", DepartmentKind.UNION),
    ("SF", "东江司法所", DepartmentKind.JUSTICE),
    ("JD", "望江街道办事处", DepartmentKind.STREET),
)
SMALL_DEPARTMENTS = (("YJ", "南湖区应急管理局", DepartmentKind.EMERGENCY),)
