"""Activities as an import target."""

from django.utils.translation import gettext_lazy as _

from facts.declarations import register_target
from service.models import Activity

register_target(
    "activity",
    Activity,
    listed={
        "topic": _("Topic"),
        "kind": _("Kind"),
        "held_on": _("Held on"),
        "attendance": _("People present"),
    },
    alike=("held_on", "kind", "topic"),
    synonyms={
        "key": ("活动编号", "编号", "activity id", "activity no"),
        "enterprise.name": ("参加单位", "活动单位", "组织单位", "受训单位"),
        "kind": ("活动类型", "活动类别", "活动种类", "kind of activity", "activity type"),
        "held_on": (
            "活动日期",
            "活动时间",
            "开展时间",
            "培训日期",
            "演练日期",
            "date held",
            "date of activity",
        ),
        "topic": ("活动主题", "活动名称", "活动内容", "培训内容", "演练科目", "subject", "title"),
        "attendance": (
            "参加人员数",
            "参与人数",
            "培训人数",
            "实到人数",
            "人数",
            "attendance",
            "participants",
            "people",
        ),
        "photo_on_file": ("有无照片", "是否有照片", "照片", "photo", "photos", "photo available"),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)
