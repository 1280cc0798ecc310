"""What a superior is told back of the problems on their list: how far each hazard is, as of now."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Reply
from foundation.words import listed, sentences
from inspections.models import Hazard, Submission
from inspections.responsible import NAMES
from inspections.selectors import setbacks
from inspections.wording import setback_words

STATE, RECTIFIED_ON, MEASURES, RESPONSIBLE, REMARKS = (
    "state",
    "rectified_on",
    "measures",
    "responsible",
    "remarks",
)


def tell(actor: Actor, ids: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return by the id of a hazard what is told back of it. Five queries.

    The police's own notes are not told. The measures are those that the enterprise reported last.
    """
    rows = list(visible(actor, Hazard, voided=True).filter(pk__in=ids))
    enterprises = {each.enterprise_id for each in rows}
    answers = Submission.objects.filter(
        enterprise_id__in=enterprises, record_id__in=ids, withdrawn_at=None
    ).exclude(completed_at=None)
    measures = dict(answers.order_by("id").values_list("record_id", "note"))  # the last of a hazard stays
    came_back = setbacks(actor, rows)
    return {
        each.pk: {
            STATE: _state(each),
            RECTIFIED_ON: each.rectified_on or each.closed_on,
            MEASURES: measures.get(each.pk, ""),
            RESPONSIBLE: listed([name for name in (getattr(each, field) for field in NAMES) if name]),
            REMARKS: sentences(
                *([setback_words(came_back[each.pk])] if each.pk in came_back else []), *_deadline(each)
            ),
        }
        for each in rows
    }


def _state(hazard: Hazard) -> str:
    if hazard.is_voided:
        return _("Voided: %(reason)s") % {"reason": hazard.void_reason}
    if hazard.closed_on:
        return _("Put right, accepted on %(day)s") % {"day": hazard.closed_on.isoformat()}
    return str(hazard.state.label)


def _deadline(hazard: Hazard) -> list[str]:
    """Return until when an open hazard is to be put right, if that is not what the list says: it was extended or asked for."""
    day: dt.date | None = hazard.extended_due_on
    if hazard.closed_on or hazard.is_voided:
        return []
    found = [_("Extended to %(day)s.") % {"day": day.isoformat()}] if day else []
    if hazard.suspended_on:
        found.append(
            _("Its deadline has stood still since %(day)s.") % {"day": hazard.suspended_on.isoformat()}
        )
    return found


REPLY = Reply(
    columns={
        STATE: (
            gettext_lazy("State of rectification"),
            (
                *(
                    "整改情况",
                    "整改状态",
                    "整改进展",
                    "整改进度",
                    "整改结果",
                    "是否整改",
                    "是否完成整改",
                    "是否整改到位",
                    "完成情况",
                ),
                *(
                    "落实情况",
                    "办理情况",
                    "办理进度",
                    "销号情况",
                    "进展情况",
                    "整改落实情况",
                    "state",
                    "status",
                    "progress",
                    "result",
                ),
                *("state of rectification", "rectification status", "progress of rectification"),
            ),
        ),
        RECTIFIED_ON: (
            gettext_lazy("Rectified on"),
            (
                *(
                    "整改日期",
                    "整改完成日期",
                    "整改完成时间",
                    "整改时间",
                    "完成时间",
                    "完成日期",
                    "办结时间",
                    "实际完成时间",
                ),
                *("rectified", "date rectified", "completed on", "date completed", "done on"),
            ),
        ),
        MEASURES: (
            gettext_lazy("Measures of rectification"),
            (
                "整改措施",
                "措施",
                "采取措施",
                "整改内容",
                "整改办法",
                "measures",
                "measures taken",
                "action taken",
            ),
        ),
        RESPONSIBLE: (
            gettext_lazy("Persons responsible"),
            (
                "责任人",
                "整改责任人",
                "责任人员",
                "整改负责人",
                "responsible",
                "responsible person",
                "person responsible",
            ),
        ),
        REMARKS: (
            gettext_lazy("Remarks on the rectification"),
            ("备注", "说明", "整改备注", "remarks", "remark", "notes", "comment"),
        ),
    },
    tell=tell,
)
