"""People of the police and their roles as an import target."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.accounts.access import Permission
from foundation.accounts.choices import POLICE_ROLES, Role
from foundation.accounts.models import User
from foundation.accounts.sheet_acts import Invitees
from foundation.contributions.sheets import Stage, Target, register
from foundation.identifiers import folded
from foundation.shapes import looks_like_person, looks_like_phone

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


register(
    Target(
        "person",
        User,
        only=("username", *User.EDITABLE),
        extra={
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
        acts=Invitees,
        of_enterprise=False,
        permission=Permission.MANAGE_PEOPLE,
        stage=Stage.PEOPLE,
        words=pgettext_lazy("row of a sheet", "person and role"),
        then=("accounts:invite_new", _("Make the invitation links")),
        looks={"full_name": looks_like_person, "phone": looks_like_phone},
        proposes={"role": _post},
        synonyms={
            "username": (
                *("登录名", "登录账号", "账号", "帐号", "用户账号", "系统账号", "警号"),
                *("login", "login name", "account", "user id", "police number", "badge number"),
            ),
            "full_name": ("民警姓名", "人员姓名", "name", "officer name"),
            "phone": (
                "联系电话",
                "手机",
                "手机号",
                "手机号码",
                "电话号码",
                "联系方式",
                "警务通",
                "mobile",
                "telephone",
            ),
            "email": ("电子邮箱", "邮箱", "电子邮件地址", "e-mail", "mail"),
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
