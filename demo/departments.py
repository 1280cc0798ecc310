"""Departments in the demo: their subscriptions, and their feedback. Everything goes through the operations.

The department of the login table fetches its messages: those of past quarters are acknowledged and mostly answered,
those of the latest quarter wait. The fire brigade's receiver moved to an address that is not approved, so its push is
paused and the operator sees an alarm; the address is refused before anything is sent.
"""

from typing import Any

from deliveries import operations
from deliveries.models import Subscription
from deliveries.operations.pushing import push
from deliveries.operations.snapshot import write_asked
from deliveries.selectors import receipts, subscriptions
from demo.choices import AuditAction
from demo.organisations import Organisation
from foundation.accounts import auditing
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Bureau, User
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope

REASON = "Demo data"
WORSE = ("green>yellow", "green>red", "yellow>red", "grey>red", "none>red")
DANGEROUS = ("C26", "C27", "D45", "F5265", "G5942")
RECEIVER = "https://10.20.8.15/anqi"  # not in APPROVED
APPROVED = ("10.20.6.0/24",)
ANSWERS = (
    "已将红色企业列入本季度重点执法检查名单，五个工作日内完成首轮检查。",
    "已约谈相关企业主要负责人，督促按期完成隐患整改；整改情况由属地中队每周跟踪。",
    "已联合派出所开展现场核查，发现的问题均已下达整改指令书，未发现新的重大隐患。",
    "颜色下降的企业已列入下月双随机抽查；危险化学品企业安全评价报告已核对，均在有效期内。",
)


def _acting(username: str) -> Actor:
    actor = actor_for(user=User.objects.get(username=username), grant_id=None)
    if actor is None:
        raise LookupError(f"{username} has no role in the demo")
    return actor


def subscribe(organisation: Organisation) -> int:
    """Subscribe two departments, before the quarters are rated. Returns the number of subscriptions."""
    supervisor, operator = _acting("bureau"), _acting("operator")
    by_code = {each.code: each.pk for each in organisation.departments}
    with station_scope(supervisor.scope()):
        for department, title, filters in (
            ("YJ", "变差为黄色或红色的企业", {"transitions": WORSE}),
            ("YJ", "危险物品相关行业企业", {"industries": DANGEROUS}),
            ("XF", "红色企业", {"colours": ["red"]}),
        ):
            row = operations.create_subscription(
                actor=supervisor,
                department_id=by_code[department],
                title=title,
                whole_bureau=True,
                **filters,
            )
    with station_scope(operator.scope()):
        row = operations.set_address(
            actor=operator,
            subscription_id=row.pk,
            version=row.version,
            url=RECEIVER,
            allowed_hosts=APPROVED,
        )
    system = system_actor(bureau_id=row.bureau_id)  # for the fire brigade, where nobody logs in
    with station_scope(system.scope()):
        operations.confirm_address(actor=system, subscription_id=row.pk, version=row.version)
        operations.rotate_secret(actor=system, subscription_id=row.pk)
    write_asked(bureau_id=row.bureau_id)  # nothing is rated yet: the first publication reaches them
    return 3


def answer(bureau: Bureau) -> int:
    """Let the department acknowledge and answer all but the latest quarter, and try the fire brigade's receiver.

    Returns how many messages were acknowledged: 0 if some were before, as in a second run.
    """
    department = _acting("department")
    if department.bureau_id != bureau.pk:
        return 0
    with station_scope(department.scope()):
        rows = list(receipts(department).order_by("id"))
        if not rows or any(row.acknowledged_at for row in rows):
            return 0
        quarters = sorted({row.period_code for row in rows})
        past = [row for row in rows if row.period_code < quarters[-1]]
        for number, row in enumerate(past):
            message: dict[str, Any] = {
                "actor": department,
                "subscription_id": row.subscription_id,
                "sequence": row.sequence,
            }
            if row.period_code in quarters[-2:] and number % 2:  # acknowledged, not answered yet
                operations.acknowledge(**message)
            else:
                operations.give_feedback(**message, text=ANSWERS[number % len(ANSWERS)])
    system = system_actor(bureau_id=bureau.pk)
    with station_scope(system.scope()):
        auditing.record(
            actor=system,
            action=AuditAction.FILL_WITH_DEMO_DATA,
            target=bureau,
            after={"acknowledged": len(past)},
            reason=REASON,
        )
        pushed = list(subscriptions(system).exclude(url=""))
    _push_once(pushed)
    return len(past)


def _push_once(pushed: list[Subscription]) -> None:
    """Push once to each receiver. Nothing leaves this machine, because the address is not approved."""
    for row in pushed:
        push(bureau_id=row.bureau_id, subscription_id=row.pk, turn_s=1)
