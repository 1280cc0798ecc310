"""Twenty invented headers as registers have them: a kind, and for each column what it means and some of its values.

They were written before the names in the apps' ``sheets.py``; the first count was 147 of 154 columns. The rules were mended after
it, so they no longer measure anything new: they hold what is reached. ``-`` is a column nobody maps.
"""

REGISTERS = {
    "key units of a city": (
        "enterprise",
        """
        序号 -> - : 1 | 2 | 3
        单位全称 -> name : 清河宏远化工有限公司 | 北岸物流园 | 东港冷链仓储中心
        社会统一信用代码 -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        详细地址 -> address : 站前街27号 | 北岸路5号 | 港城路88号
        法人及电话 -> legal_representative+phone : 张建国 13800000731 | 李桂芳/13900000205 | 王海 0830-0000298
        从业人员｜合计 -> headcount : １２０ | 412 | 88人
        从业人员｜其中保安 -> - : 4 | 12 | 2
        登记机关 -> - : 清河区市场监管局 | 清河区市场监管局 | 东港区市场监管局
        备注 -> - : | 搬迁中 |
        """,
    ),
    "staff list mixed in": (
        "enterprise",
        """
        企业名称 -> name : 盛泽大药房 | 老灶火锅站前店 | 星光网吧
        离职日期 -> - : 2023-05-01 | 2024-06-30 | 2022-01-15
        入职日期 -> - : 2020-05-01 | 2021-06-30 | 2019-01-15
        登记日期 -> registered_on : 2019.3.5 | 20200418 | 2023/11/2 0:00
        微信号 -> - : wx_abc1 | shengze88 | xg-wangba
        单位地址 -> address : 西街2号 | 站前街31号 | 港城路9号
        """,
    ),
    "two phones": (
        "enterprise",
        """
        商户名称 -> name : 周记面馆 | 美家五金 | 小雨服装
        经营者 -> responsible_person : 周强 | 吴芳 | 郑小雨
        手机 -> phone : 13800000001 | | 13700000003
        座机 -> phone : | 0830-1234567 | 0830-7654321
        行业 -> industry_code : 餐饮 | 五金 | 零售
        门牌号 -> - : 12 | 14 | 16-2
        """,
    ),
    "codes for names": (
        "enterprise",
        """
        档案号 -> key : QH-0001 | QH-0002 | QH-0003
        名称 -> name : 清河酒店 | 望江宾馆 | 如意旅社
        代码 -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        区划 -> division_code : 510502 | 510502 | 510503
        行业代码 -> industry_code : H6110 | H6121 | H6129
        所属派出所 -> station : 开发区派出所 | 开发区派出所 | 城关派出所
        重点单位 -> key_unit_class : √ | | 否
        """,
    ),
    "legal person and chief": (
        "enterprise",
        """
        单位名称 -> name : 清河燃气公司 | 东港自来水厂 | 望江电厂
        法定代表人姓名 -> legal_representative : 陈敏 | 赵志强 | 孙丽
        法定代表人身份证号 -> - : 510502198001010019 | 510502197502020028 | 510502198503030037
        主要负责人 -> responsible_person : 陈敏 | 赵志强 | 钱伟
        保卫科长 -> security_chief : 何军 | 邓超 | 罗刚
        职工人数 -> headcount : 120 | 1,200 | 35
        注册资本（万元） -> - : 500 | 1000 | 50
        是否涉危 -> dangerous_goods : 是 | 否 | 是
        防范级别 -> protection_level : 一级 | 二级 | 三级
        """,
    ),
    "no useful names": (
        "enterprise",
        """
        列1 -> name : 清河宏远化工有限公司 | 北岸物流有限公司 | 东港冷链仓储有限公司
        列2 -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        列3 -> phone : 13800000731 | 13900000205 | 13500000937
        列4 -> - : 2019-03-05 | 2020-04-18 | 2021-01-01
        列5 -> - : 12 | 400 | 35
        """,
    ),
    "English register": (
        "enterprise",
        """
        No. -> - : 1 | 2 | 3
        Company Name -> name : Lotus Tea House | Bright Lamps Ltd | Old Harbour Kitchen
        USCC -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        Street Address -> address : 1 Lake Road | 7 Mill Lane | 22 Quay
        Tel. -> phone : +86 830 1234567 | 0830-7654321 | 13800000001
        Employees -> headcount : 12 | 1,200 | 35
        Legal Rep -> legal_representative : Zhang Jianguo | Li Guifang | Wang Hai
        Registration Authority -> - : Qinghe | Qinghe | Donggang
        Police Station -> station : N01 | N01 | S02
        """,
    ),
    "English with traps": (
        "enterprise",
        """
        ID -> key : E-17 | E-18 | E-19
        Business name -> name : Lotus | Lamp | Harbour
        Former name -> - : Lily | | Quay
        Name of manager -> responsible_person : Zhang Wei | Li Na | Wang Fang
        Deregistered on -> - : | 2024-05-01 |
        On register since -> registered_on : 2015-03-01 | 2016-02-03 | 2019-06-15
        Head count -> headcount : 12 | 4 | 7
        Hazardous goods (Y/N) -> dangerous_goods : Y | N | N
        """,
    ),
    "inspections of a station": (
        "inspection",
        """
        检查编号 -> key : J2025-001 | J2025-002 | J2025-003
        被检查单位 -> enterprise.name : 清河宏远化工有限公司 | 北岸物流园 | 星光网吧
        检查时间 -> inspected_on : 2025.2.3 | 20250204 | 2025年2月5日
        检查类型 -> kind : 日常检查 | 专项检查 | 复查
        检查人员 -> inspectors : 王刚、李强 | 王刚 | 陈刚、李强
        检查结果 -> conclusion : 合格 | 限期整改 | 不合格
        复查时间 -> - : | 2025-02-20 |
        陪同人员 -> - : 张三 | 李四 | 王五
        """,
    ),
    "inspections by code": (
        "inspection",
        """
        序号 -> - : 1 | 2 | 3
        统一社会信用代码 -> enterprise.code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        单位名称 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        日期 -> inspected_on : 2025-02-03 | 2025-02-04 | 2025-02-05
        民警 -> inspectors : 王刚 | 李强 | 王刚
        情况说明 -> note : 消防通道畅通 | 缺灭火器两具 | 已整改
        """,
    ),
    "visits in English": (
        "inspection",
        """
        Visit no -> key : V1 | V2 | V3
        Firm -> enterprise.name : Lotus Tea House | Bright Lamps | Old Harbour Kitchen
        Date of visit -> inspected_on : 2025-02-03 | 2025-02-04 | 2025-02-05
        Officers -> inspectors : Wang; Li | Wang | Li
        Result -> conclusion : Qualified | To be rectified | Not qualified
        Next visit -> - : 2025-05-03 | 2025-05-04 | 2025-05-05
        Remarks -> note : fine | | door
        """,
    ),
    "hazard ledger": (
        "hazard",
        """
        隐患编号 -> key : YH-1 | YH-2 | YH-3
        企业名称 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        隐患内容 -> item : 消防通道堵塞 | 灭火器过期 | 电线老化
        隐患部位 -> place : 一楼大厅 | 仓库 | 厨房
        隐患等级 -> severity : 一般 | 重大 | 一般
        检查日期 -> found_on : 2025-02-03 | 2025-02-04 | 2025-02-05
        整改时限 -> due_on : 2025-02-20 | 2025-02-28 | 2025-03-01
        整改完成时间 -> rectified_on : 2025-02-18 | | 2025-02-27
        销号时间 -> closed_on : 2025-02-19 | | 2025-03-01
        整改责任人 -> - : 张三 | 李四 | 王五
        """,
    ),
    "hazards with twins": (
        "hazard",
        """
        单位｜名称 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        单位｜信用代码 -> enterprise.code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        问题｜描述 -> description : 一楼通道堆放杂物 | 二楼灭火器压力不足 | 厨房电线裸露
        问题｜名称 -> item : 通道堵塞 | 灭火器过期 | 电线老化
        发现时间 -> found_on : 2025-02-03 | 2025-02-04 | 2025-02-05
        整改期限 -> due_on : 2025-02-20 | 2025-02-28 | 2025-03-01
        延期至 -> extended_due_on : | 2025-03-15 |
        整改金额 -> - : 1000 | 2000 | 500
        """,
    ),
    "hazards in English": (
        "hazard",
        """
        Hazard ID -> key : H-1 | H-2 | H-3
        Enterprise no -> enterprise.number : E-17 | E-18 | E-19
        Finding -> item : Fire door blocked | Lamp broken | Cable frayed
        Location -> place : Cellar | Yard | Kitchen
        Level -> severity : major | ordinary | ordinary
        Date found -> found_on : 2025-02-03 | 2025-02-03 | 2025-02-06
        Deadline -> due_on : 2025-02-13 | 2025-03-05 | 2025-03-01
        Closed -> closed_on : 2025-02-13 | | 2025-02-20
        Reviewed by -> - : Li | Wang | Li
        """,
    ),
    "calls": (
        "incident",
        """
        警情编号 -> key : 5105020001 | 5105020002 | 5105020003
        涉及单位 -> enterprise.name : 清河酒店 | 星光网吧 | 老灶火锅站前店
        警情类别 -> kind : 刑事案件 | 治安案件 | 接报警情
        发案时间 -> occurred_on : 2025-01-03 | 2025-01-04 | 2025-01-09
        报警时间 -> - : 2025-01-03 08:12 | 2025-01-04 23:10 | 2025-01-09 11:00
        简要案情 -> summary : 客人财物被盗 | 两人斗殴 | 食客与店员争吵
        单位是否有责 -> at_fault : 是 | 否 | 否
        报警人电话 -> - : 13800000001 | 13700000002 | 13600000003
        """,
    ),
    "disputes": (
        "dispute",
        """
        编号 -> key : D-1 | D-2 | D-3
        单位 -> enterprise.name : 清河建筑公司 | 望江物业 | 东港冷链
        纠纷类型 -> kind : 欠薪 | 邻里 | 合同
        受理时间 -> opened_on : 2025-01-03 | 2025-01-04 | 2025-01-09
        纠纷内容 -> summary : 拖欠12人工资 | 油烟扰民 | 租金
        涉及人数 -> people : 12 | 3人 | 2
        涉案金额 -> amount : 120,000 | 0 | 3.5万元
        调解成功日期 -> settled_on : 2025-02-01 | | 2025-01-20
        调解员 -> - : 刘调解 | 刘调解 | 马红
        """,
    ),
    "disputes in English": (
        "dispute",
        """
        Case no. -> key : 11 | 12 | 13
        Credit code -> enterprise.code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        Type of dispute -> kind : Wages | Neighbours | Contract
        Received on -> opened_on : 2025-01-03 | 2025-01-04 | 2025-01-09
        Subject -> summary : unpaid wages of 12 | smell | rent
        Persons -> people : 12 | 3 | 2
        Sum in dispute (yuan) -> amount : 120,000 | 0 | 35,000
        Mediator -> - : Liu | Liu | Ma
        """,
    ),
    "drills": (
        "activity",
        """
        单位 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        活动类型 -> kind : 应急演练 | 法治宣传 | 安全培训
        活动日期 -> held_on : 2025-03-01 | 2025-03-02 | 2025-03-05
        活动主题 -> topic : 消防演练 | 反诈宣传 | 用电安全
        参加人数 -> attendance : 30 | 120 | 15人
        有无照片 -> photo_on_file : 有 | 无 | 有
        组织人 -> - : 张三 | 李四 | 王五
        """,
    ),
    "self-checks": (
        "self_check",
        """
        企业 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        自查时间 -> checked_on : 2025-03-01 | 2025-03-02 | 2025-03-05
        自查人员 -> checked_by : 张三 | 李四 | 王五
        检查对象 -> target : 综合 | 车辆 | 设备
        自查发现的问题 -> findings : 无 | 灭火器过期 | 无
        整改情况 -> - : 无 | 已更换 | 无
        """,
    ),
    "last year's list": (
        "enterprise",
        """
        单位名称（全称） -> name : 清河宏远化工有限公司 | 北岸物流有限公司 | 东港冷链仓储有限公司
        统一社会信用代码 (18位) -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        经 营 地 址 -> address : 站前街27号 | 北岸路5号 | 港城路88号
        负责人/联系方式 -> responsible_person+phone : 张建国13800000731 | 李桂芳 13900000205 | 王海13700000298
        人数 -> headcount : 120 | 412 | 88
        行业类别 -> industry_code : 危化 | 物流 | 仓储
        纳管时间 -> registered_on : 2019.3.5 | 2020.4.18 | 2022年7月
        撤管时间 -> - : | | 2024.5.1
        检查频次 -> - : 每季一次 | 每月一次 | 每季一次
        """,
    ),
}


# Single columns by kind, written after the registers: what each means where no other column competes. The first count was 53 of 65;
# the rules were mended after it too.
COLUMNS = {
    "enterprise": """
        单位名 -> name : 清河酒店 | 望江宾馆 | 如意旅社
        企业（单位）名称 -> name : 清河酒店 | 望江宾馆 | 如意旅社
        场所名 -> name : 清河酒店 | 望江宾馆 | 如意旅社
        统一社会信用代码/注册号 -> credit_code : 91510502MA6200001X | 91510502MA6200002R | 91510502MA6200003L
        营业执照编号 -> - : 510502000001 | 510502000002 | 510502000003
        单位详细地址 -> address : 站前街27号 | 北岸路5号 | 港城路88号
        经营地点 -> address : 站前街27号 | 北岸路5号 | 港城路88号
        注册地 -> - : 站前街27号 | 北岸路5号 | 港城路88号
        法定代表人（负责人） -> legal_representative : 陈敏 | 赵志强 | 孙丽
        法人姓名及联系方式 -> legal_representative+phone : 陈敏 13800000001 | 赵志强 13800000002 | 孙丽 13800000003
        法人性别 -> - : 男 | 男 | 女
        治安保卫负责人 -> security_chief : 何军 | 邓超 | 罗刚
        消防安全责任人 -> - : 何军 | 邓超 | 罗刚
        保卫机构名称 -> - : 保卫科 | 保卫处 | 安保部
        联系电话1 -> phone : 13800000001 | 13800000002 | 13800000003
        24小时值班电话 -> phone : 0830-1234567 | 0830-1234568 | 0830-1234569
        从业人数 -> headcount : 12 | 15 | 9
        员工总人数（含临时工） -> headcount : 12 | 15 | 9
        保安员数量 -> - : 2 | 3 | 1
        监控探头数 -> - : 12 | 15 | 9
        成立时间 -> - : 2012-01-02 | 2013-04-05 | 2014-05-06
        开业日期 -> - : 2012-01-02 | 2013-04-05 | 2014-05-06
        建档时间 -> registered_on : 2012-01-02 | 2013-04-05 | 2014-05-06
        最近检查日期 -> - : 2012-01-02 | 2013-04-05 | 2014-05-06
        纳入监管日期 -> registered_on : 2012-01-02 | 2013-04-05 | 2014-05-06
        许可证到期日 -> - : 2012-01-02 | 2013-04-05 | 2014-05-06
        所属行业类别 -> industry_code : 餐饮 | 物流 | 危化
        行业主管部门 -> - : 商务局 | 交通局 | 应急局
        治安防范等级 -> protection_level : 一级 | 二级 | 三级
        风险等级 -> - : 高 | 中 | 低
        管辖派出所名称 -> station : 城关所 | 东港所 | 北岸所
        社区民警 -> - : 王刚 | 李强 | 陈刚
        单位类型（重点/一般） -> category : 重点 | 一般 | 一般
        存放危险物品（是/否） -> dangerous_goods : 是 | 否 | 否
        Name of company -> name : Lotus | Lamp | Harbour
        Company address -> address : 1 Lake Road | 7 Mill Lane | 22 Quay
        Date registered -> registered_on : 2012-01-02 | 2013-04-05 | 2014-05-06
        Date of birth -> - : 1972-01-02 | 1983-04-05 | 1964-05-06
        Contact tel. -> phone : 0830-1234567 | 0830-1234568 | 0830-1234569
        Fax -> - : 0830-1234567 | 0830-1234568 | 0830-1234569
        Number of staff -> headcount : 12 | 15 | 9
        Number of cameras -> - : 12 | 15 | 9
        Bank name -> - : ICBC | ABC | CCB
        Industry (GB/T 4754) -> industry_code : H62 | F52 | G54
        """,
    "hazard": """
        存在的隐患 -> item : 通道堵塞 | 灭火器过期 | 电线老化
        隐患具体描述 -> description : 一楼通道堵塞 | 二楼灭火器过期 | 厨房电线老化
        隐患所在位置 -> place : 一楼 | 二楼 | 厨房
        整改截止时间 -> due_on : 2025-01-02 | 2025-01-05 | 2025-01-06
        整改完成日 -> rectified_on : 2025-01-02 | 2025-01-05 | 2025-01-06
        整改通知书文号 -> - : 清公责改[2025]1号 | 清公责改[2025]2号 | 清公责改[2025]3号
        下发日期 -> - : 2025-01-02 | 2025-01-05 | 2025-01-06
        隐患发现时间 -> found_on : 2025-01-02 | 2025-01-05 | 2025-01-06
        整改资金 -> - : 100 | 200 | 300
        复查时间 -> - : 2025-01-02 | 2025-01-05 | 2025-01-06
        是否重大隐患 -> severity : 是 | 否 | 否
        隐患来源 -> origin : 公安检查 | 企业自查 | 部门通报
        Due by -> due_on : 2025-01-02 | 2025-01-05 | 2025-01-06
        Found by -> found_by : Li Na | Wang Fang | Zhang Wei
        """,
    "inspection": """
        检查单位 -> - : 开发区派出所 | 开发区派出所 | 开发区派出所
        被查单位名称 -> enterprise.name : 清河酒店 | 望江宾馆 | 如意旅社
        检查日期及时间 -> inspected_on : 2025-01-02 09:00 | 2025-01-05 10:00 | 2025-01-06 11:00
        检查民警姓名 -> inspectors : 王刚 | 李强 | 陈刚
        检查组组长 -> - : 王刚 | 李强 | 陈刚
        检查结论（合格/不合格） -> conclusion : 合格 | 不合格 | 合格
        下次检查时间 -> - : 2025-04-02 | 2025-04-05 | 2025-04-06
        """,
}


def columns_of(text: str) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Return name, meaning and values of each column of a register."""
    found = []
    for line in text.strip().splitlines():
        name, _arrow, rest = line.partition(" -> ")
        meaning, _colon, values = rest.partition(" : ")
        fields = () if meaning == "-" else tuple(meaning.split("+"))
        found.append((name.strip(), fields, [each.strip() for each in values.split("|")]))
    return found
