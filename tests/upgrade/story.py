"""What happens in the recorded database besides the demo: every act of 6d8f437 that leaves a trace, by its own operations.

Imported by record.py alone, at 6d8f437 alone: it names modules of that version.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client

from deliveries import operations as deliveries
from deliveries import sending
from deliveries.models import Receipt, Subscription
from deliveries.operations.pushing import push
from deliveries.operations.snapshot import write_asked
from disputes import operations as disputes
from enterprises import activity_operations as activities
from enterprises import operations as register
from enterprises.models import Enterprise
from foundation.accounts import operations as accounts
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import ApiKey, Bureau, Department, RoleGrant, Station, User
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope
from imports.operations import run_import
from imports.profile_reading import load
from imports.remarks import ImportFailed, Report
from incidents import operations as incidents
from incidents.models import Incident
from inspections import operations as inspections
from ratings.models import Evaluation
from ratings.operations import correct_ratings, publish_standard, run_evaluation
from ratings.operations.standards import shipped_standards

PASSWORD = "anqi-demo-2026"
API = "/api/v1/"
SCOPES = [
    "enterprises:read",
    "evaluations:read",
    "events:answer",
    "events:read",
    "ratings:read",
    "subscriptions:read",
    "subscriptions:write",
]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@contextmanager
def acting(who: str | Actor) -> Iterator[Actor]:
    """Somebody at work, in the tenant scope of the role."""
    actor = who if isinstance(who, Actor) else actor_for(user=User.objects.get(username=who), grant_id=None)
    assert actor is not None
    with station_scope(actor.scope()):
        yield actor


class Story:
    """Goes through the days of November; ``ids`` names what the recording asks for, ``secrets`` what opens what."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.ids: dict[str, Any] = {}
        self.keys: dict[str, str] = {}
        self.webhook_secrets: dict[str, str] = {}

    def at(self, moment: str) -> None:
        self.clock.move_to(dt.datetime.fromisoformat(f"2025-{moment}:00+08:00"))

    def run(self) -> None:
        self.bureau = Bureau.objects.get(code="AD")
        self.stations = {each.code: each.pk for each in Station.objects.all()}
        self.departments = {
            f"{each.bureau.code}/{each.code}": each.pk for each in Department.objects.select_related("bureau")
        }
        with acting("chief") as chief:
            mine = Enterprise.objects.filter(station_id=chief.station_id, inactivities=None).order_by("id")
            showcase, other, third, fourth = mine[0], mine[1], mine[2], mine[3]
        self.ids |= {"enterprise": showcase.pk, "other": other.pk}
        self.showcase, self.other, self.third, self.fourth = (
            each.pk for each in (showcase, other, third, fourth)
        )
        self.keys_issued()
        self.people()
        self.register()
        self.activities()
        self.hazards()
        self.other_facts()
        self.ratings()
        self.deliveries()
        self.imports()
        self.last_day()

    # --- the directory -----------------------------------------------------------------------------------------------

    def keys_issued(self) -> None:
        self.at("10-29T08:40")
        near, far = day("2025-11-05"), day("2026-10-01")
        department = self.departments["AD/YJ"]
        with acting("bureau") as actor:

            def issue(name: str, expires_on: dt.date = far, **more: Any) -> ApiKey:
                options = {"scopes": SCOPES, "department_id": department} | more
                options.setdefault("whole_bureau", "stations" not in options)
                key, self.keys[name] = accounts.issue_key(
                    actor=actor, title=f"Key {name}", expires_on=expires_on, **options
                )
                return key

            issue("full")
            issue("narrow", stations=[self.stations["AD01"]])
            for scope in SCOPES:
                issue(scope, scopes=[scope])
            issue("fire", department_id=self.departments["AD/XF"])
            issue("second", department_id=self.departments["AD/SC"], stations=[self.stations["AD02"]])
            issue("expired", near)
            revoked = issue("revoked")
            replaced = issue("replaced")
            accounts.revoke_key(actor=actor, key_id=revoked.pk, reason="设备报废")
            _key, self.keys["replacing"] = accounts.rotate_key(actor=actor, key_id=replaced.pk)
        with acting("operator") as actor:
            _key, self.keys["elsewhere"] = accounts.issue_key(
                actor=actor,
                department_id=self.departments["NH/YJ"],
                title="Key elsewhere",
                whole_bureau=True,
                scopes=SCOPES,
                expires_on=far,
            )
        self.keys["unknown"] = f"anqi_{'0' * 8}_{'0' * 48}"

    def people(self) -> None:
        self.at("10-29T09:10")
        with acting("operator") as actor:
            accounts.create_department(
                actor=actor, bureau_id=self.bureau.pk, code="JY", name="东江区教育局", kind="other"
            )
            made = Department.objects.get(bureau=self.bureau, code="JY")
            accounts.edit_department(actor=actor, department_id=made.pk, name="东江区教育体育局")
            accounts.rename_station(actor=actor, station_id=self.stations["AD04"], name="东江大道派出所")
            accounts.edit_bureau(actor=actor, bureau_id=self.bureau.pk, cut_off_days=4)
            accounts.create_user(
                actor=actor,
                username="nh-bureau",
                full_name="邓雪琴",
                role=Role.SUPERVISOR,
                bureau_id=Bureau.objects.get(code="NH").pk,
                password=PASSWORD,
            )
        with acting("chief") as actor:
            station = {"station_id": actor.station_id}
            people = [
                accounts.create_user(actor=actor, username=name, full_name=full, role=Role.OFFICER, **station)
                for name, full in (("newcomer", "任立新"), ("waiting", "姜春梅"), ("leaving", "崔明辉"))
            ]
            newcomer, waiting, leaving = people
            token = accounts.invite_user(actor=actor, user_id=newcomer.pk)
            accounts.invite_user(actor=actor, user_id=waiting.pk)
            accounts.edit_user(actor=actor, user_id=newcomer.pk, phone="0000-2000001")
        accounts.accept_invitation(token=token, password=PASSWORD)
        with acting("chief") as actor:
            accounts.reset_password(actor=actor, user_id=leaving.pk)
            accounts.disable_user(actor=actor, user_id=leaving.pk, reason="调离")
            accounts.enable_user(actor=actor, user_id=leaving.pk)
            grant = RoleGrant.objects.get(user=leaving)
            accounts.revoke_role(actor=actor, grant_id=grant.pk, reason="调离")
        with acting("bureau") as actor:
            accounts.grant_role(
                actor=actor,
                user_id=newcomer.pk,
                role=Role.OFFICER,
                bureau_id=self.bureau.pk,
                station_id=self.stations["AD02"],
            )
        TOTP.activate(newcomer, "JBSWY3DPEHPK3PXP")
        both = User.objects.get(username="both")
        accounts.act_as(user=both, grant_id=RoleGrant.objects.filter(user=both).order_by("-id")[0].pk)

    # --- the register ------------------------------------------------------------------------------------------------

    def register(self) -> None:
        self.at("10-29T10:05")
        with acting("officer") as actor:
            new = register.register_enterprise(
                actor=actor,
                name="清河新启安防设备有限公司",
                industry_code="C3990",
                address="清河市东江区创业三路9号",
                headcount=35,
                registered_on=day("2025-10-20"),
            )
            row = Enterprise.objects.get(pk=self.other)
            register.edit_enterprise(
                actor=actor,
                enterprise_id=row.pk,
                version=row.version,
                headcount=77,
                security_chief="雷志远",
                dangerous_goods=True,
                key_unit_class="7",
            )
        self.ids["registered"] = new.pk
        with acting("chief") as actor:
            officers = list(
                User.objects.filter(grants__station_id=actor.station_id, grants__role=Role.OFFICER)
                .order_by("id")
                .values_list("pk", flat=True)
            )
            on = day("2025-10-29")
            for number, kind in enumerate(("main", "deputy")):
                register.assign_liaison(
                    actor=actor,
                    enterprise_ids=[self.other, new.pk],
                    officer_id=officers[number + 1],
                    kind=kind,
                    on=on,
                )
            register.assign_liaison(
                actor=actor, enterprise_ids=[self.third], officer_id=None, kind="main", on=on
            )
            register.set_inactive(
                actor=actor,
                enterprise_id=self.third,
                kind="suspended",
                from_on=day("2025-10-28"),
                reason="停产检修",
            )
        self.at("11-11T09:00")
        with acting("chief") as actor:
            register.reactivate(
                actor=actor, enterprise_id=self.third, on=day("2025-11-10"), reason="恢复生产"
            )
            register.set_inactive(
                actor=actor,
                enterprise_id=new.pk,
                kind="merged",
                from_on=day("2025-11-10"),
                reason="吸收合并",
                merged_into_id=self.other,
            )
            register.hand_over(
                actor=actor,
                enterprise_id=self.fourth,
                to_station_id=self.stations["AD02"],
                on=day("2025-11-11"),
                reason="辖区边界调整",
            )
        self.ids["handed_over"] = self.fourth

    # --- facts -------------------------------------------------------------------------------------------------------

    def activities(self) -> None:
        self.at("10-30T09:20")
        with acting("officer") as actor:
            activity = activities.create_activity(
                actor=actor,
                enterprise_id=self.showcase,
                kind="education",
                held_on=day("2025-10-28"),
                topic="防范电信网络诈骗法治宣传",
                attendance=80,
                note="由社区民警主讲",
            )
            self.at("10-30T15:02")
            activities.correct_activity(
                actor=actor,
                id=activity.pk,
                version=1,
                reason="签到表清点后更正",
                attendance=95,
                photo_on_file=True,
            )
        self.at("10-31T08:31")
        with acting("chief") as actor:
            activities.correct_activity(
                actor=actor,
                id=activity.pk,
                version=2,
                reason="类别填错",
                kind="training",
                held_on=day("2025-10-27"),
            )
        with acting("manager") as actor:
            own = activities.create_activity(
                actor=actor,
                enterprise_id=self.showcase,
                kind="drill",
                held_on=day("2025-10-30"),
                topic="突发事件疏散演练",
                attendance=110,
            )
        self.at("10-31T11:47")
        with acting("officer") as actor:
            activities.void_activity(actor=actor, id=own.pk, version=1, reason="重复录入")
        self.ids |= {"activity": activity.pk, "voided_activity": own.pk}

    def hazards(self) -> None:
        self.at("10-30T10:15")
        with acting("officer") as actor:
            inspection = inspections.create_inspection(
                actor=actor,
                enterprise_id=self.showcase,
                inspected_on=day("2025-10-30"),
                kind="special",
                conclusion="rectify",
                inspectors="周志远、程向阳",
                note="联合消防检查",
                hazards=[
                    {"item": "消防通道堵塞", "place": "成品库", "due_on": day("2025-11-12")},
                    {"item": "监控盲区", "place": "货运通道", "due_on": day("2025-11-20")},
                    {
                        "item": "入侵报警装置失灵",
                        "place": "财务室",
                        "due_on": day("2025-11-10"),
                        "major": True,
                    },
                ],
            )
            rich, voided, refused = inspection.hazards.order_by("id")
            inspections.correct_inspection(
                actor=actor, id=inspection.pk, version=1, reason="结论填错", conclusion="unqualified"
            )
            self.at("10-30T16:40")
            inspections.correct_hazard(
                actor=actor,
                id=rich.pk,
                version=1,
                reason="地点写错",
                place="成品库二号门",
                description="货架占用通道",
            )
            inspections.void_hazard(actor=actor, id=voided.pk, version=1, reason="与上季度记录重复")
            self.at("10-31T09:05")
            inspections.mark_major(actor=actor, id=rich.pk, reason="堵塞唯一疏散通道")
            self.at("11-03T14:30")
            inspections.mark_ordinary(actor=actor, id=rich.pk, reason="已开辟临时通道")
        self.at("11-05T10:11")
        with acting("manager") as actor:
            inspections.rectify_hazard(actor=actor, id=rich.pk)
        self.at("11-06T09:45")
        with acting("officer") as actor:
            inspections.send_back_hazard(actor=actor, id=rich.pk, reason="货架仍占用一半通道")
            inspections.extend_hazard(
                actor=actor, id=rich.pk, extended_due_on=day("2025-11-20"), reason="需要采购新货架"
            )
        self.at("11-12T09:00")
        with acting("officer") as actor:
            inspections.refuse_hazard(actor=actor, id=refused.pk, reason="企业负责人书面拒绝")
        self.at("11-14T17:20")
        with acting("manager") as actor:
            inspections.rectify_hazard(actor=actor, id=rich.pk)
        self.at("11-17T11:00")
        with acting("officer") as actor:
            inspections.close_hazard(actor=actor, id=rich.pk)
        self.ids |= {
            "inspection": inspection.pk,
            "hazard": rich.pk,
            "voided_hazard": voided.pk,
            "refused_hazard": refused.pk,
        }
        self.more_hazards()

    def more_hazards(self) -> None:
        """Each other state: found by the enterprise, overdue, submitted, gone with its inspection."""
        with acting("manager") as actor:
            own = inspections.create_hazard(
                actor=actor,
                enterprise_id=self.showcase,
                item="照明设施损坏",
                place="停车场",
                found_on=day("2025-11-16"),
                due_on=day("2025-12-01"),
            )
        with acting("officer") as actor:
            second = inspections.create_inspection(
                actor=actor,
                enterprise_id=self.other,
                inspected_on=day("2025-11-10"),
                kind="unannounced",
                conclusion="rectify",
                hazards=[
                    {"item": "值班记录缺失", "place": "门卫室", "due_on": day("2025-11-13")},
                    {"item": "重要部位门锁损坏", "place": "机房", "due_on": day("2025-11-30")},
                ],
            )
            overdue, submitted = second.hazards.order_by("id")
            inspections.rectify_hazard(actor=actor, id=submitted.pk, rectified_on=day("2025-11-15"))
            wrong = inspections.create_inspection(
                actor=actor,
                enterprise_id=self.other,
                inspected_on=day("2025-11-12"),
                kind="routine",
                conclusion="rectify",
                hazards=[{"item": "防护器材不足", "place": "值班室"}],
            )
            inspections.void_inspection(
                actor=actor, id=wrong.pk, version=1, reason="录错企业", hazards_too=True
            )
        self.ids |= {"own_hazard": own.pk, "overdue_hazard": overdue.pk, "submitted_hazard": submitted.pk}

    def other_facts(self) -> None:
        self.at("11-18T09:30")
        with acting("manager") as actor:
            checks = [
                inspections.create_self_check(
                    actor=actor,
                    enterprise_id=self.showcase,
                    checked_on=day(on),
                    target="equipment",
                    checked_by="宋长林",
                    findings="未见异常",
                )
                for on in ("2025-11-14", "2025-11-17")
            ]
        with acting("officer") as actor:
            inspections.correct_self_check(
                actor=actor,
                id=checks[0].pk,
                version=1,
                reason="对象填错",
                target="funds",
                findings="保险柜钥匙未分管",
            )
            inspections.void_self_check(actor=actor, id=checks[1].pk, version=1, reason="未实际开展")
            case, call = (
                incidents.create_incident(
                    actor=actor,
                    enterprise_id=self.showcase,
                    kind=kind,
                    occurred_on=day("2025-11-12"),
                    summary=summary,
                )
                for kind, summary in (
                    ("public_security_case", "仓库零星物资被盗"),
                    ("police_call", "访客滞留报警"),
                )
            )
            incidents.verify_incident(
                actor=actor, id=case.pk, verified_on=day("2025-11-14"), at_fault=True, duty_fulfilled=False
            )
            incidents.correct_incident(
                actor=actor, id=case.pk, version=2, reason="复核后更正", duty_fulfilled=True
            )
            incidents.void_incident(actor=actor, id=call.pk, version=1, reason="误报")
            wages, contract = (
                disputes.create_dispute(
                    actor=actor,
                    enterprise_id=self.showcase,
                    kind=kind,
                    opened_on=day("2025-11-04"),
                    due_on=day("2025-12-04"),
                    summary=summary,
                    people=7,
                    amount="18600.00",
                )
                for kind, summary in (("wages", "离职员工追讨当月工资"), ("contract", "装修工程款支付争议"))
            )
            disputes.settle_dispute(actor=actor, id=wages.pk, settled_on=day("2025-11-17"))
            disputes.correct_dispute(
                actor=actor, id=wages.pk, version=2, reason="人数核实", people=9, amount="21000.50"
            )
            disputes.void_dispute(actor=actor, id=contract.pk, version=1, reason="不属本辖区")
        self.ids |= {"self_check": checks[0].pk, "incident": case.pk, "dispute": wages.pk}

    # --- ratings and messages ----------------------------------------------------------------------------------------

    def ratings(self) -> None:
        self.at("11-19T09:00")
        with acting("bureau") as actor:
            narrowed = deliveries.create_subscription(
                actor=actor,
                department_id=self.departments["AD/SC"],
                title="望江路派出所辖区",
                stations=[self.stations["AD01"], self.stations["AD02"]],
            )
        write_asked(bureau_id=self.bureau.pk)
        self.at("11-19T10:00")
        with acting("officer") as actor:
            late = (
                Incident.objects.filter(
                    enterprise_id=self.showcase,
                    at_fault=True,
                    occurred_on__range=("2025-07-01", "2025-09-30"),
                )
                .order_by("id")
                .first()
            )
            assert late is not None
            incidents.correct_incident(
                actor=actor,
                id=late.pk,
                version=late.version,
                reason="复查认定企业无责任",
                at_fault=False,
                duty_fulfilled=True,
            )
        with acting("bureau") as actor:
            regular = Evaluation.objects.get(bureau=self.bureau, period_code="2025Q3", kind="regular")
            correction = correct_ratings(actor=actor, evaluation_id=regular.pk, reason="复查后更正")
            changed = shipped_standards()["hazards-only"].replace("green = 85", "green = 80")
            publish_standard(actor=actor, text=changed)
        run_evaluation(bureau_id=self.bureau.pk, evaluation_id=correction.pk)
        with acting(
            "bureau"
        ) as actor:  # from now on it tells of one station; its first message told of the other
            deliveries.edit_subscription(
                actor=actor,
                subscription_id=narrowed.pk,
                version=narrowed.version,
                stations=[self.stations["AD02"]],
            )
        self.ids["narrowed"] = narrowed.pk
        call_command(
            "evaluate", bureau="AD", period="2025Q3", standard="hazards-only", inline=True, verbosity=0
        )
        self.ids |= {"evaluation": regular.pk, "correction": correction.pk}

    def deliveries(self) -> None:
        self.at("11-20T09:00")
        with acting("department") as actor:
            rows = list(Subscription.objects.filter(department_id=actor.department_id).order_by("id"))
            worse, dangerous = rows
            for row in rows:
                self.webhook_secrets[str(row.pk)] = deliveries.rotate_secret(
                    actor=actor, subscription_id=row.pk
                )
            deliveries.tune_subscription(
                actor=actor,
                subscription_id=dangerous.pk,
                version=dangerous.version,
                title="危险物品企业",
                colours=["red", "yellow"],
                transitions=[],
            )
        with acting("bureau") as actor:
            small = deliveries.create_subscription(
                actor=actor,
                department_id=self.departments["AD/YJ"],
                title="开发区派出所辖区",
                stations=[self.stations["AD01"]],
            )
            deliveries.edit_subscription(
                actor=actor, subscription_id=small.pk, version=small.version, industries=["C", "F5265"]
            )
            ended = deliveries.create_subscription(
                actor=actor, department_id=self.departments["AD/WJ"], title="试用", whole_bureau=True
            )
            deliveries.end_subscription(actor=actor, subscription_id=ended.pk, reason="试用结束")
        write_asked(bureau_id=self.bureau.pk)
        with acting("operator") as actor:
            fire = Subscription.objects.get(department_id=self.departments["AD/XF"])
            for row in (small, fire, Subscription.objects.get(pk=self.ids["narrowed"])):
                self.webhook_secrets[str(row.pk)] = deliveries.rotate_secret(
                    actor=system_actor(bureau_id=row.bureau_id), subscription_id=row.pk
                )
        self.ids |= {"worse": worse.pk, "dangerous": dangerous.pk, "small": small.pk, "fire": fire.pk}
        self.pushes(worse.pk)
        self.revised_again(small.pk)

    def pushes(self, pk: int) -> None:
        """What a receiver answered: two messages taken, one refused for a while, one skipped; then sent again."""
        with acting("operator") as actor:
            row = Subscription.objects.get(pk=pk)
            deliveries.set_address(
                actor=actor,
                subscription_id=pk,
                version=row.version,
                url="https://10.20.6.9/anqi",
                allowed_hosts=["10.20.6.0/24"],
            )
        answers = iter((204, 200, 503))

        def answered(*_given: object) -> httpx.Response:
            return httpx.Response(next(answers))

        with mock.patch.object(sending._Transport, "handle_request", answered):
            push(bureau_id=self.bureau.pk, subscription_id=pk)
        with acting("operator") as actor:
            deliveries.skip(actor=actor, subscription_id=pk, sequence=3, reason="接收方确认跳过")
            deliveries.pause(actor=actor, subscription_id=pk, reason="接收方升级")
            deliveries.resume(actor=actor, subscription_id=pk)
            deliveries.replay(actor=actor, subscription_id=pk, from_sequence=2, reason="接收方丢失数据")
            deliveries.pause(actor=actor, subscription_id=pk, reason="接收方再次升级")

    def revised_again(self, pk: int) -> None:
        """A second correction, so that the narrow subscription has a message too: the case was theirs after all."""
        self.at("11-21T10:00")
        with acting("officer") as actor:
            rows = Incident.objects.filter(
                enterprise_id=self.showcase,
                occurred_on__range=("2025-07-01", "2025-09-30"),
                kind="public_security_case",
            )
            for row in rows.exclude(verified_on=None).order_by("id"):
                incidents.correct_incident(
                    actor=actor,
                    id=row.pk,
                    version=row.version,
                    reason="重新认定",
                    at_fault=True,
                    serious=True,
                    duty_fulfilled=False,
                    kind="criminal_case",
                )
        with acting("bureau") as actor:
            again = correct_ratings(
                actor=actor, evaluation_id=self.ids["evaluation"], reason="重新认定后更正"
            )
        run_evaluation(bureau_id=self.bureau.pk, evaluation_id=again.pk)
        with station_scope(system_actor(bureau_id=self.bureau.pk).scope()):
            assert Receipt.objects.filter(subscription_id=pk).exists(), "the narrow subscription was told"

    # --- imports -----------------------------------------------------------------------------------------------------

    def imports(self) -> None:
        self.at("11-22T21:00")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "own.toml").write_text(_PROFILE)
            profile = load(str(folder / "own.toml"))
            (folder / "checks.csv").write_text(_CHECKS)
            (folder / "firms.csv").write_text("no,station\n1,NH01\n")
            self._import(profile, folder)  # fails: a column is missing
            (folder / "firms.csv").write_text(_FIRMS)
            self._import(profile, folder, dry_run=True)
            self._import(profile, folder)
            (folder / "firms.csv").write_text(_FIRMS.replace("宏图印务", "宏图印务有限公司"))
            self._import(profile, folder)

    def _import(self, profile: Any, folder: Path, **options: Any) -> None:
        report = Report(None)
        try:
            run_import(
                actor=Actor(user_id=0, name="command line", role="system"),
                profile=profile,
                folder=folder,
                bureau_code="NH",
                report=report,
                **options,
            )
        except ImportFailed:
            pass  # the run is kept as a failed one
        finally:
            report.close()

    # --- the day of the recording ------------------------------------------------------------------------------------

    def last_day(self) -> None:
        """Answers kept for whoever asks once more, sessions, a failed log-in."""
        self.at("11-24T09:30")
        browser = Client()
        browser.post("/accounts/login/", {"login": "chief", "password": "not-the-password"})
        browser.post("/accounts/login/", {"login": "chief", "password": "anqi-demo-2026"})
        assert browser.get("/today/").status_code == 200
        with acting("department") as actor:
            waiting = (
                Receipt.objects.filter(department_id=actor.department_id, acknowledged_at=None)
                .order_by("id")
                .values_list("subscription_id", "sequence")
            )
            first, second = list(waiting)[:2]
        systems = {"authorization": f"Bearer {self.keys['full']}"}
        for path, token, body in (
            (f"{API}events/{first[0]}/{first[1]}/acknowledge/", "kept-1", None),
            (f"{API}events/{second[0]}/{second[1]}/feedback/", "kept-2", {"text": "已约谈企业负责人。"}),
        ):
            answer = Client().post(
                path,
                body or "",
                content_type="application/json",
                headers=systems | {"idempotency-key": token},
            )
            assert answer.status_code == 200, answer.content
        self.ids |= {"kept_1": list(first), "kept_2": list(second)}


_PROFILE = """
title = "南湖分局旧系统"
[[file]]
path = "firms.csv"
becomes = "enterprise"
key = "no"
keep = ["code"]
[file.station]
column = "station"
blank = "NH01"
[file.fields]
name = "name"
[[file.warn]]
when = { column = "station", blank = true }
say = "没有派出所代码"
[[file]]
path = "checks.csv"
becomes = "inspection"
key = "id"
enterprise = "no"
[file.fields]
inspected_on = "day"
conclusion = { column = "ok", map = { yes = "qualified", no = "rectify" }, default = "" }
note = "note"
"""
_FIRMS = "no,name,station,code\n1,南湖宏图印务,NH01,x1\n2,南湖百灯照明,NH01,\n3,南湖港湾货运,,x3\n"
_CHECKS = (
    "id,no,day,ok,note\na,1,2025-02-03,yes,合格\nb,2,2025-02-04,no,\nc,3,2025/02/05,,\nd,9,2025-02-06,yes,\n"
    "e,1,someday,yes,\n"
)
