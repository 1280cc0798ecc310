"""What holds for the sheets of every kind of record: kept columns, single fields of an update, masked cells."""

from facts.models import Fact
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.models import Upload
from tests.accounts.conftest import House, house, quick_passwords
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
# what a row needs, and a text beside the note
ROWS = {
    "inspection": ("inspected_on,inspectors", "2026-03-02,Li Wang"),
    "hazard": ("found_on,item,place", "2026-03-02,Door blocked,Cellar"),
    "self_check": ("checked_on,findings", "2026-03-02,Nothing found"),
    "incident": ("kind,occurred_on,summary", "fire,2026-03-02,Small fire"),
    "dispute": ("kind,opened_on,summary", "wages,2026-03-02,Wages owed"),
    "penalty": ("decided_on,kind,number,aggravation", "2026-03-02,warning,No. 5,Two were hurt"),
    "obstruction": (
        "kind,obstructed_on,what,by_whom,evidence",
        "refused,2026-03-02,The gate stayed locked,Manager Ma,Recording 0417",
    ),
    "forgery": ("kind,found_on,what", "ledger,2026-03-02,Weeks without a check"),
    "activity": ("kind,held_on,topic", "training,2026-03-02,Fire drill"),
}


def test_every_kind_of_record_keeps_columns_and_is_updated_by_single_fields(house: House) -> None:
    chief = Person(house, "chief")
    facts = [target for target in targets if issubclass(target.model, Fact)]
    assert {target.code for target in facts} == ROWS.keys()
    for target in facts:
        names, values = ROWS[target.code]
        head = f"key,enterprise,{names},note,微信号\n"

        def rows(note: str, other: str, values: str = values) -> str:
            return f"N1,{house.enterprise.name},{values},{note},{other}\n"

        def becomes(text: str, head: str = head, code: str = target.code) -> Upload:
            sheet = chief.upload(head + text, kind=code)
            columns = {name: name for name in head.strip().split(",")}
            columns |= {"key": "key", "enterprise": "enterprise.name", "微信号": ""}
            return chief.confirm(sheet, **columns)

        chief.press("write", becomes(rows("first", "wx1")))
        with station_scope(chief.actor.scope()):
            row = target.model._default_manager.get(external_key="N1")
        assert row.source_values == {"微信号": "wx1"}, target.code
        first = values.split(",")[-1]
        sheet = becomes(rows("138****1234", "wx1"))
        assert [each.state for each in chief.rows(sheet).values()] == [RowState.SAME], target.code
        sheet = becomes(rows("second", "wx1", values.replace(first, "Another text")))
        field = names.split(",")[-1]
        assert [each.state for each in chief.rows(sheet).values()] == [RowState.CHANGED], target.code
        sheet = chief.press("choose", sheet, row=2, choice="update", differs=["note", field], field=["note"])
        chief.press("write", sheet)
        with station_scope(chief.actor.scope()):
            row = target.model._default_manager.get(pk=row.pk)
        assert (row.note, getattr(row, field)) == ("second", first), target.code
