"""People and their roles as import targets: of the police, of enterprises, of departments."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.accounts.access import Permission
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.accounts.models import User
from foundation.accounts.sheet_acts import DepartmentPeople, EnterprisePeople, Police
from foundation.contributions.sheets import Stage, Target, register
from foundation.identifiers import folded
from foundation.shapes import looks_like_person, looks_like_phone, looks_like_police_number

_POSTS = {  # what stations call a post; who leads one is its chief here
    Role.CHIEF: "所长 派出所所长 教导员 指导员 head leader",
    Role.OFFICER: "民警 警员 社区民警 内勤 外勤 副所长 警长 探长 副教导员 policeman constable",
    Role.SUPERVISOR: "分局 分局民警 大队民警 大队长 治安大队长 bureau",
}
_ROLES = {folded(word): str(role) for role, words in _POSTS.items() for word in words.split()}


def _post(text: str) -> str:
    """Return the role that a post probably means, "" if that is not clear."""
    word = folded(text)
    labels = {folded(str(role.label)): str(role) for role in Role if role in POLICE_ROLES}
    named = {role for label, role in labels.items() if label in word}
    return _ROLES.get(word) or (named.pop() if len(named) == 1 else "")


_ENTERPRISE_POSTS = {
    Role.SECURITY_MANAGER: "保卫科长 保卫部长 安保经理 安全负责人 内保负责人 治安负责人 保卫负责人",
    Role.ENTERPRISE_STAFF: "保卫干事 安全员 内保员 保卫人员 员工 staff employee",
}
_ENTERPRISE_ROLES = {
    folded(word): str(role) for role, words in _ENTERPRISE_POSTS.items() for word in words.split()
}


def _enterprise_post(text: str) -> str:
    """Return the role in an enterprise that a post probably means, "" if that is not clear."""
    word = folded(text)
    labels = {folded(str(role.label)): str(role) for role in Role if role in ENTERPRISE_ROLES}
    return labels.get(word) or _ENTERPRISE_ROLES.get(word, "")


_USER_NAMES = (
    *("登录名", "登录账号", "账号", "帐号", "用户账号", "系统账号"),
    *("login", "login name", "account", "user id"),
)
_PHONES = (
    *("联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式"),
    *("mobile", "telephone"),
)
_EMAILS = ("电子邮箱", "邮箱", "电子邮件地址", "e-mail", "mail")
_LINKS = ("accounts:invite_new", _("Make the invitation links"))
_LOOKS = {"full_name": looks_like_person, "phone": looks_like_phone}


register(
    Target(
        "person",
        User,
        only=User.EDITABLE,
        extra={
            "username": models.CharField(
                _("user name"),
                max_length=64,
                blank=True,
                help_text=_("The police number if it is empty."),
            ),
            "role": models.CharField(
                _("role"),
                max_length=20,
                blank=True,
                choices=[(role.value, role.label) for role in Role if role in POLICE_ROLES],
                help_text=_("Officer if it is empty."),
            ),
            "station": models.CharField(
                _("police station"),
                max_length=120,
                blank=True,
                help_text=_("Name or code. It may stay empty if you keep one station only."),
            ),
        },
        key="",
        alike=("username", "full_name"),
        acts=Police,
        of_enterprise=False,
        permission=Permission.MANAGE_PEOPLE,
        stage=Stage.PEOPLE,
        words=pgettext_lazy("row of a sheet", "person and role"),
        then=_LINKS,
        looks={**_LOOKS, "police_number": looks_like_police_number},
        proposes={"role": _post},
        synonyms={
            "username": _USER_NAMES,
            "police_number": ("民警警号", "警员号", "警员编号", "badge number"),
            "full_name": ("民警姓名", "人员姓名", "name", "officer name"),
            "phone": (*_PHONES, "警务通"),
            "email": _EMAILS,
            "role": ("职务", "岗位", "职位", "角色", "post", "position", "duty"),
            "station": (
                "派出所",
                "所属派出所",
                "单位",
                "所属单位",
                "工作单位",
                "所在单位",
                "部门",
                "station",
                "unit",
            ),
        },
    )
)
register(
    Target(
        "enterprise_person",
        User,
        only=("username", *User.CONTACT),
        extra={
            "username": models.CharField(
                _("user name"),
                max_length=64,
                blank=True,
                help_text=_("The phone number if it is empty."),
            ),
            "role": models.CharField(
                _("role"),
                max_length=20,
                blank=True,
                choices=[(role.value, role.label) for role in Role if role in ENTERPRISE_ROLES],
                help_text=_("Security manager if it is empty."),
            ),
        },
        key="",
        alike=("full_name", "phone"),
        acts=EnterprisePeople,
        permission=Permission.MANAGE_PEOPLE,
        stage=Stage.OUTSIDE,
        words=pgettext_lazy("row of a sheet", "person of an enterprise"),
        then=_LINKS,
        looks=_LOOKS,
        proposes={"role": _enterprise_post},
        synonyms={
            "enterprise.name": ("工作单位", "所在单位", "所属单位", "任职单位", "employer"),
            "username": _USER_NAMES,
            "full_name": (
                *(
                    "人员姓名",
                    "保卫负责人姓名",
                    "安全负责人",
                    "内保负责人",
                    "治安保卫负责人",
                    "联络人",
                    "联系人",
                ),
                *("name", "security manager", "contact person"),
            ),
            "phone": _PHONES,
            "email": _EMAILS,
            "role": ("职务", "岗位", "职位", "角色", "post", "position", "duty"),
        },
    )
)
register(
    Target(
        "department_person",
        User,
        only=("username", *User.CONTACT),
        extra={
            "department": models.CharField(
                _("department"),
                max_length=120,
                blank=True,
                help_text=_("Name or code. It may stay empty if the bureau has one department only."),
            ),
        },
        key="",
        alike=("username", "full_name"),
        acts=DepartmentPeople,
        of_enterprise=False,
        permission=Permission.MANAGE_DEPARTMENT_PEOPLE,
        stage=Stage.OUTSIDE,
        words=pgettext_lazy("row of a sheet", "person of a department"),
        then=_LINKS,
        looks=_LOOKS,
        synonyms={
            "username": (*_USER_NAMES, "工号", "staff number"),
            "full_name": ("人员姓名", "联络人", "联络员", "联系人", "经办人", "name", "contact person"),
            "phone": _PHONES,
            "email": _EMAILS,
            "department": (
                *("单位", "所属单位", "工作单位", "所在单位", "单位名称", "部门名称", "所属部门", "委办局"),
                *("department name", "agency"),
            ),
        },
    )
)
