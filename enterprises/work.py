"""Enterprises without a liaison officer."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from enterprises.choices import LiaisonKind
from enterprises.models import Enterprise, Liaison
from enterprises.selectors import on_register
from foundation.contributions.work import Row, Work, register
from foundation.database.composing import TODAY


def _without_liaison() -> QuerySet[Enterprise]:
    serving = Liaison.objects.filter(enterprise=OuterRef("pk"), kind=LiaisonKind.MAIN, until_on=None)
    return Enterprise.objects.filter(on_register(TODAY)).filter(~Exists(serving))


def _name(row: Row) -> str:
    return row.enterprise


def _address(row: Row) -> str:
    return row.more


register(
    Work(
        code="liaison",
        title=_("Without a liaison officer"),
        icon="user-question",
        rank=70,
        rows=_without_liaison,
        order=("sort_key", "pk"),
        enterprise="",
        more="address",
        title_of=_name,
        line_of=_address,
        act=_("Assign"),
        act_page="enterprises:liaison",
        list_page="enterprises:list",
        whole_station=True,  # also for officers who see only their own enterprises: one of them should take these over
    )
)
