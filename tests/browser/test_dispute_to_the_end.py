"""A wage dispute of forty from the portal to the closed file; then shorter, public-security mediation that is refused, and one that fails."""

import datetime as dt
import io
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import xlsxwriter
from docx import Document
from playwright.sync_api import Locator, Page, expect

from foundation.periods import Period
from tests.attachments.pictures import drawn
from tests.browser.test_journeys import confirm
from tests.browser.watching import Enter
from tests.disputes.test_parties import identity
from tests.facts.people import ago, ahead
from tests.ground.processes import run

TOTAL, INSTALMENT = "288000", "48,000"


def save(page: Page) -> None:
    page.locator(".save-bar button[type=submit]").click()


def act(page: Page, name: str, *, within: str = "main, .page-header, .fact-acts") -> None:
    page.locator(within).get_by_role("link", name=name).first.click()


def fill(page: Page, values: dict[str, Any], *, within: str = "main") -> None:
    """Fill in the fields of a form by their names; a choice is ticked or picked."""
    for name, value in values.items():
        field = page.locator(f"{within} [name={name}]")
        kind = field.first.evaluate("each => each.type")
        if kind in ("radio", "checkbox"):
            page.locator(f"{within} [name={name}][value='{value}']").check()
        elif kind.startswith("select"):
            field.select_option(str(value))
        else:
            field.fill(str(value))


def people(number: int, wrong: int) -> bytes:
    """Return a sheet of so many workers; the number of one has a wrong last digit."""
    book_bytes = io.BytesIO()
    with xlsxwriter.Workbook(book_bytes, {"in_memory": True}) as book:
        sheet = book.add_worksheet("工人")
        sheet.write_row(0, 0, ["姓名", "身份证号", "手机"])
        for each in range(number):
            card = identity("19880412", each + 1)
            if each == wrong:
                card = card[:-1] + ("1" if card[-1] != "1" else "2")
            name = "赵钱孙李周吴郑王冯陈"[each % 10] + "甲乙丙丁戊己庚辛壬癸"[each // 10 * 2 % 10] + "明"
            sheet.write_row(each + 1, 0, [f"{name}{'一二三四'[each // 10]}", card, f"1380000{each:04d}"])
    return book_bytes.getvalue()


def words_of(page: Page, paper: str) -> str:
    """Return the text of the newest paper about the dispute with this title."""
    act_on = page.locator("#papers li, .papers li", has_text=paper).locator("a").first
    act_on.click()
    with page.expect_download() as begun:
        page.locator("a[href$='.docx'], a[href*='/word/']").first.click()
    read = Document(io.BytesIO(Path(begun.value.path()).read_bytes()))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in read.paragraphs), *cells])


def report(own: Page) -> str:
    """Report the dispute in the portal. Return the number on the receipt."""
    own.goto("/disputes/own/")
    act(own, "Report a dispute")
    fill(
        own,
        {
            "about": "mediation",
            "said": "Forty workers of the third site have had no wages since March.",
            "kind": "wages",
            "happened_on": ago(90),
            "people": 40,
            "amount": TOTAL,
            "contact": "Ma Zhenhua",
            "phone": "13900000731",
        },
    )
    save(own)
    expect(own.locator("main")).to_contain_text("What happens next")
    return own.locator(".told-number").inner_text()


def take_on(desk: Page, number: str) -> str:
    """Find the report on Today and take it on. Return the address of the dispute."""
    desk.goto("/today/?whose=station")
    report_of = number.rpartition("-")[2]
    desk.locator(f"a[href*='/disputes/reports/{report_of}/']").first.click()
    expect(desk.locator("main")).to_contain_text("13900000731")
    desk.get_by_role("link", name="Take it on").click()
    dialog = desk.locator("#modal")
    expect(dialog.locator("[name=summary]")).to_have_value(re.compile("40 people"))
    fill(desk, {"opened_on": ago(70), "due_on": ahead(30)}, within="#modal")
    confirm(desk)
    desk.wait_for_url(re.compile(r"/disputes/\d+/$"))
    return urlsplit(desk.url).path


# how many dark points a canvas has
INK = """(each) => {
  const { data } = each.getContext("2d").getImageData(0, 0, each.width, each.height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] < 128) dark++;
  return dark;
}"""


def draw(page: Page, number: int) -> None:
    """Sign in the n-th field."""
    box = page.locator(".sign-pad canvas").nth(number)
    box.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    at = box.bounding_box()
    assert at
    page.mouse.move(at["x"] + 30, at["y"] + 40)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(at["x"] + 30 + 15 * step, at["y"] + 20 + 30 * (step % 2))
    page.mouse.up()


def enter_parties(desk: Page, dispute: str) -> None:
    """Forty from a sheet, one of them with a wrong number that is mended in its row; and the enterprise."""
    desk.goto(f"{dispute}parties/sheet/")
    desk.set_input_files(
        "input[type=file]",
        [{"name": "workers.xlsx", "mimeType": "application/octet-stream", "buffer": people(40, wrong=7)}],
    )
    save(desk)
    expect(desk.locator(".party-wrong li")).to_have_count(1)
    desk.locator("[name='row-9-identity']").fill(identity("19880412", 8))
    save(desk)
    desk.wait_for_url(re.compile("/parties/$"))
    desk.goto(f"{dispute}parties/add/?kind=body")
    expect(desk.locator("[name=name]")).to_have_value(
        re.compile("铭洲")
    )  # the enterprise that leads it is proposed
    fill(desk, {"side": "respondent", "role": "employer"})
    save(desk)
    desk.wait_for_url(re.compile(rf"{dispute}(parties/)?(#.*)?$"))


def hold_session(desk: Page, dispute: str, day: dt.date, manner: str, **more: Any) -> None:
    """Record a session, early in the day: the officer has no other one then, unless the dispute before it had."""
    minute = int(re.findall(r"\d+", dispute)[0]) % 55
    desk.goto(f"{dispute}sessions/new/")
    values = {
        "on": day,
        "begins_at": f"05:{minute:02d}",
        "ends_at": f"05:{minute + 1:02d}",
        "manner": manner,
        "place": "Mediation room",
        "applicants": 3,
        "respondents": 1,
        "minutes": "The workers show their cards of attendance; the company shows its accounts.",
        "applicant_amount": "300000",
        "respondent_amount": "250000",
    }
    fill(desk, values | more)
    save(desk)
    desk.wait_for_url(re.compile(rf"{dispute}(sessions/\d+/)?(#.*)?$"))


def conclude(desk: Page, dispute: str) -> None:
    """An agreement over six instalments, of which four are due already, signed on the screen by both sides and the officer."""
    desk.goto(f"{dispute}agreement/")
    fill(
        desk,
        {
            "kind": "peoples",
            "concluded_on": ago(50),
            "organisation": "People's mediation committee of the street",
            "facts": "Forty workers were not paid for three months.",
            "terms": "The company pays in six instalments to the wage account of the project.",
            "total": TOTAL,
            "number": 6,
            "first_on": ago(34),
            "every": "10",
            "amount_1": "100",
        },
    )
    desk.get_by_role("button", name="Divide the sum").click()
    expect(desk.locator("[name=amount_6]")).to_have_value(re.compile("48000"))
    expect(desk.locator("[name=amount_1]")).to_have_value(re.compile("48000"))  # not what was typed before
    expect(desk.locator("[data-added]")).to_have_class("is-paid")
    expect(desk.locator("[data-draft-box]")).to_have_count(0)
    save(desk)
    expect(desk.locator("#agreement")).to_contain_text("Still to sign")
    desk.locator("#agreement").get_by_role("link", name="Sign", exact=True).click()
    fill(desk, {"name_applicant": "赵甲明一", "name_respondent": "Ma Zhenhua", "signed_on": ago(50)})
    draw(desk, 0)
    save(desk)  # the name of the other side stands beside an empty field
    expect(desk.locator(".sign-pad .invalid-feedback")).to_have_count(1)
    expect(desk.locator(".sign-pad [data-clear]:visible")).to_have_count(1)
    assert desk.locator(".sign-pad canvas").first.evaluate(INK) > 50, "what was drawn is still seen"
    for number in (1, 2):
        draw(desk, number)
    save(desk)
    desk.wait_for_url(re.compile(rf"{dispute}(#.*)?$"))


def settle(boss: Page, dispute: str, *, on: dt.date | None = None) -> None:
    """Who did not record the dispute settles it: as agreed, or, of a day before the first instalment, by the act above the page."""
    boss.goto(dispute)
    if on:
        act(boss, "Record the settlement")
        boss.locator("#modal [name=settled_on]").fill(on.isoformat())
    else:
        boss.locator("#agreement").get_by_role("link", name="Settle as agreed").click()
    confirm(boss)
    expect(boss.locator("#agreement")).not_to_contain_text("Settle as agreed")


def pay(desk: Page, dispute: str, amount: str, day: dt.date) -> None:
    desk.goto(f"{dispute}payments/")
    fill(desk, {"amount": amount, "paid_on": day})
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url(re.compile(rf"{dispute}(#.*)?$"))


def own_page_with(own: Page, part: Locator) -> None:
    """Open the enterprise's own disputes until the part is there: a task tells the enterprise."""
    for _again in range(240):  # behind the PDFs of the demo
        own.goto("/disputes/own/")
        if part.count():
            break
        own.wait_for_timeout(1000)
    expect(part).not_to_have_count(0)


def prove(own: Page, desk: Page, dispute: str) -> None:
    """The enterprise proves a payment, and the officer confirms it."""
    link = own.locator(f"a[href='/disputes/own/{dispute.strip('/').rpartition('/')[2]}/payment/']")
    own_page_with(own, link)
    link.click()
    fill(own, {"amount": "48000", "paid_on": ago(25)})
    own.set_input_files(
        "input[type=file]", [{"name": "bank.jpg", "mimeType": "image/jpeg", "buffer": drawn(5, 900)}]
    )
    save(own)
    expect(own.locator("main")).to_contain_text("What happens next")
    desk.goto(dispute)
    act(desk, "Record the payment that was proved")
    confirm(desk)
    expect(desk.locator("#agreement")).to_contain_text(f"On time, {ago(25)}")
    own.reload()
    expect(own.locator("main")).to_contain_text("has recorded the payment")


def screen(desk: Page) -> None:
    """Report that the enterprise was asked for disputes this month, unless somebody has: without it the standard gives no points."""
    desk.goto("/enterprises/?q=铭洲精工")
    enterprise = desk.locator("#results .cell-title a").first.get_attribute("href") or ""
    desk.goto(f"/disputes/screenings/?enterprise={re.findall('[0-9]+', enterprise)[0]}")
    nil = desk.locator("main form button[type=submit]")
    if nil.count():
        nil.first.click()
        expect(nil).to_have_count(0)


def forecast(own: Page) -> str:
    """Return the points with which the running quarter of the enterprise ends, as its portal says."""
    own.goto("/portal/")
    return own.locator(".ends dd").first.inner_text()


def follow_up(desk: Page, answers: Page, dispute: str) -> None:
    """Survey by link and telephone; the visit is dropped, because the call was enough."""
    desk.goto(dispute)
    desk.get_by_role("button", name=re.compile("Plan these 3 follow-ups")).click()
    expect(desk.locator(".followup")).to_have_count(3)
    desk.get_by_role("button", name="Make the link").click()
    link = re.search(r"https?://\S+", desk.locator("textarea").input_value())
    assert link
    answers.goto(urlsplit(link.group()).path)
    for name in answers.locator("input[type=radio]").evaluate_all(
        "all => [...new Set(all.map(each => each.name))]"
    ):
        answers.locator(f"[name={name}]").first.check()
    answers.get_by_role("button", name="Send the answer").click()
    expect(answers.locator("body")).to_contain_text("Your answer has arrived")
    for _again in range(60):  # a task takes the answer over
        desk.goto(dispute)
        if desk.locator(".followup .badge").count():
            break
        desk.wait_for_timeout(1000)
    expect(desk.locator(".followup .badge")).to_have_count(1)
    call = desk.locator(".followup", has_text="Telephone")
    call.get_by_role("link", name="Record", exact=True).click()
    fill(desk, {"satisfied": "yes", "relapse": "false", "said": "All forty were paid."}, within="#modal")
    confirm(desk)
    expect(desk.locator(".followup .badge")).to_have_count(2)
    desk.locator(".followup", has_text="Visit").get_by_role("link", name="Drop").click()
    desk.locator("#modal [name=reason]").fill("The call and the survey say the same")
    confirm(desk)
    expect(desk.locator("main")).to_contain_text("Dropped on")


@pytest.mark.drill
@pytest.mark.slow
def test_a_wage_dispute_from_the_portal_to_the_closed_file(
    enter: Enter, visit: Enter, data_dir: Path
) -> None:
    if data_dir == Path():
        pytest.skip("ANQI_URL_DATA does not say where the data of the demo is")
    officer, chief, manager = enter("officer"), enter("chief"), enter("manager", width=360)
    officer.expected = {422}  # one signature is forgotten at first
    desk, boss, own = officer.page, chief.page, manager.page
    number = report(own)
    dispute = take_on(desk, number)

    desk.goto(f"{dispute}risk/")
    desk.locator("[name=reasons][value=threats]").check()
    desk.locator("[name=reasons][value=sensitive]").check()
    desk.locator("main form button[type=submit]").last.click()
    boss.goto("/people/inbox/")
    expect(boss.locator("main")).to_contain_text("A dispute may grow: its risk is high.")

    enter_parties(desk, dispute)
    desk.goto(f"{dispute}way/peoples/")
    fill(desk, {"from_on": ago(65), "body": "People's mediation committee of the street", "oral": "no"})
    save(desk)
    desk.wait_for_url(re.compile(rf"{dispute}(#.*)?$"))
    hold_session(desk, dispute, ago(58), "joint")
    hold_session(desk, dispute, ago(52), "separate", respondent_amount="288000", respondent_instalments=6)
    desk.goto(dispute)
    expect(desk.locator("#sessions")).to_contain_text("2 sessions")
    expect(desk.locator("#sessions")).to_contain_text("Separately")

    conclude(desk, dispute)
    screen(desk)
    settle(boss, dispute, on=ago(50))
    settled = forecast(own)
    desk.goto(dispute)
    desk.get_by_role("link", name="Paper of the agreement").click()
    confirm(desk)
    desk.wait_for_url(re.compile(r"/papers/\d+/"))
    desk.goto(dispute)
    text = words_of(desk, "People's mediation agreement")
    assert "48,000" in text or "48000" in text
    desk.goto(dispute)
    desk.get_by_role("link", name="Record the confirmation: Applied for").click()
    fill(desk, {"on": ago(40), "court": "东江区人民法院"}, within="#modal")
    confirm(desk)
    expect(desk.locator("#agreement")).to_contain_text("Judicial confirmation")

    # two on time, the second one proved by the enterprise; one in part; the fourth never came
    pay(desk, dispute, "48000", ago(36))
    prove(own, desk, dispute)
    pay(desk, dispute, "20000", ago(15))
    done = run([sys.executable, "-m", "tests.browser.hourly_job"], DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    desk.goto(dispute)
    expect(desk.locator("#agreement")).to_contain_text("the dispute is open again")
    expect(desk.locator("#agreement")).to_contain_text("Part paid")

    reopened = forecast(own)
    # what was settled before the quarter that is running does not count in it
    assert (reopened != settled) == (ago(50) >= Period.of(ago(0)).start)

    pay(desk, dispute, "172000", ago(0))
    settle(boss, dispute)
    follow_up(desk, visit(width=360).page, dispute)
    boss.goto(dispute)
    act(boss, "Close the dispute")
    confirm(boss)
    expect(boss.get_by_role("link", name="Reopen").first).to_be_visible()
    expect(boss.get_by_role("link", name="Close the dispute")).to_have_count(0)
    own_page_with(own, own.locator(".own-dispute-big", has_text="Closed"))
    assert [each.look() for each in (officer, chief, manager)] == [[], [], []]


def new_quarrel(desk: Page) -> str:
    """Record a quarrel of yesterday. Return the address of the dispute."""
    desk.goto("/enterprises/?q=铭洲精工")
    enterprise = desk.locator("#results .cell-title a").first.get_attribute("href") or ""
    desk.goto(f"/disputes/new/?enterprise={re.findall('[0-9]+', enterprise)[0]}")
    fill(desk, {"summary": "Two drivers came to blows", "kind": "neighbours", "opened_on": ago(1)})
    save(desk)
    desk.wait_for_url(re.compile(r"/disputes/\d+/$"))
    return urlsplit(desk.url).path


def choose_police(desk: Page, dispute: str, *ticked: str) -> None:
    """Fill in the way of the police, with these of the seven exclusions ticked."""
    desk.goto(f"{dispute}way/police/")
    fill(desk, {"from_on": ago(1), "accepted_on": ago(1), "offence": "beating", "ground": "near"})
    for name in (*ticked, "checked"):
        desk.locator(f"main [name={name}]").check()
    fill(desk, {"minors": "none", "agent": "none"})
    save(desk)


@pytest.mark.drill
def test_the_police_do_not_mediate_what_the_law_excludes_and_a_failed_mediation_begins_the_clock(
    enter: Enter,
) -> None:
    officer = enter("officer")
    officer.expected = {422}
    desk = officer.page
    dispute = new_quarrel(desk)
    choose_police(desk, dispute, "exclusion_gang")
    expect(desk.locator(".exclusions")).to_contain_text("179")
    expect(desk.locator(".exclusions .invalid-feedback").first).to_contain_text("Art. 179")
    desk.goto(dispute)
    expect(desk.locator("#way")).to_contain_text("Nobody has chosen")

    # without an exclusion it is mediated, and fails: the clock of the case begins on that day
    choose_police(desk, dispute)
    desk.wait_for_url(re.compile(rf"{dispute}(#.*)?$"))
    desk.goto(f"{dispute}sessions/new/")
    second = desk.locator("[name=second] option").nth(1).get_attribute("value") or ""
    hold_session(desk, dispute, ago(1), "joint", second=second)
    desk.goto(dispute)
    desk.locator("#way").get_by_role("link", name="Mediation failed").click()
    fill(desk, {"on": ago(0), "cause": "none", "said": "One side no longer wants to talk"}, within="#modal")
    confirm(desk)
    expect(desk.locator("#way")).to_contain_text("Decision on the case")
    expect(desk.locator(".dispute-head")).to_contain_text(f"{ahead(30)}")
    assert officer.look() == []
