"""The endpoints of ratings, runs and standards."""

from tests.api.world import BOOK, CODES, TEXT, World

API = "/api/v1/"


def test_a_rating_has_the_format_of_the_messages(world: World) -> None:
    """The same keys and values as in the department's message."""
    client, enterprise = world.client(), world.first[1]
    (event,) = [
        event
        for event in client.get(f"{API}events/?subscription={world.everything.pk}").json()["events"]
        if event["payload"]["data"]["period"] == "2026Q3" and event["type"] == "rating.published"
    ]
    (told,) = [row for row in event["payload"]["data"]["ratings"] if row["enterprise"] == enterprise.pk]
    shown = client.get(f"{API}ratings/{enterprise.pk}/").json()
    listed = client.get(f"{API}ratings/?q=机械1").json()["results"][0]
    assert {name: shown[name] for name in told} == told
    assert {name: listed[name] for name in listed} == {name: shown[name] for name in listed}
    assert set(shown) - set(listed) == {"lines"}
    assert (shown["colour"], shown["score"], shown["cause"], shown["replaces"]) == (
        "yellow",
        81.5,
        "regular",
        None,
    )
    assert shown["groups"] == dict(
        zip((group.code for group in BOOK.groups), (0.9, 0.75, None), strict=False)
    )


def test_lines_by_reason_code(world: World) -> None:
    shown = world.client().get(f"{API}ratings/{world.first[1].pk}/").json()
    lines = shown["lines"]
    assert [line["criterion"] for line in lines] == CODES
    assert [line["reason"] for line in lines[:4]] == ["full", "lost", "no_evidence", "not_applicable"]
    assert (lines[1]["points"], lines[1]["maximum"], lines[3]["points"]) == (3.5, 3.5, None)
    assert lines[0]["label"] == BOOK.label(CODES[0])
    assert {line["group"] for line in lines} <= {group.code for group in BOOK.groups}
    assert shown["reasons"][:2] == [
        {"criterion": CODES[1], "reason": "lost", "points_lost": 0},
        {"criterion": CODES[2], "reason": "no_evidence", "points_lost": 0},
    ]


def test_labels_speak_the_reader_s_language(world: World) -> None:
    path = f"{API}ratings/{world.first[1].pk}/"
    english = world.client().get(path).json()["lines"][0]["label"]
    chinese = world.client().get(path, headers={"Accept-Language": "zh-hans"}).json()["lines"][0]["label"]
    assert english != chinese


def test_a_revision_is_marked(world: World) -> None:
    client, revised = world.client(), world.first[0]
    expected = ("yellow", 72.5, "correction", 2, {"colour": "green", "score": 81.5, "revision": 1})
    rows = {row["enterprise"]: row for row in client.get(f"{API}ratings/").json()["results"]}
    history = client.get(f"{API}ratings/{revised.pk}/history/").json()["quarters"]
    for row in (rows[revised.pk], client.get(f"{API}ratings/{revised.pk}/").json(), history[0]):
        assert tuple(row[name] for name in ("colour", "score", "cause", "revision", "replaces")) == expected
    assert [row["period"] for row in history] == ["2026Q3", "2026Q2"]
    assert (history[1]["colour"], history[1]["previous_colour"], history[1]["replaces"]) == (
        "green",
        None,
        None,
    )


def test_history_and_quarters(world: World) -> None:
    client, pk = world.client(), world.first[0].pk
    assert [
        row["period"] for row in client.get(f"{API}ratings/{pk}/history/?quarters=1").json()["quarters"]
    ] == ["2026Q3"]
    assert client.get(f"{API}ratings/{pk}/?period=2026Q2").json()["colour"] == "green"
    assert client.get(f"{API}ratings/{pk}/?period=2025Q1").status_code == 404


def test_grey_has_no_score(world: World) -> None:
    shown = world.client().get(f"{API}ratings/{world.first[3].pk}/").json()
    assert (shown["colour"], shown["score"]) == ("grey", None)


def test_an_unrated_enterprise(world: World) -> None:
    from tests.factories import EnterpriseFactory

    pk, client = EnterpriseFactory(station=world.city.first).pk, world.client()
    assert client.get(f"{API}ratings/{pk}/").status_code == 404
    assert client.get(f"{API}ratings/{pk}/history/").json() == {"enterprise": pk, "quarters": []}


def test_official_complete_runs_only(world: World) -> None:
    client = world.client()
    official = {world.runs[name].pk for name in ("Q2", "Q3", "correction")}
    rows = client.get(f"{API}evaluations/").json()["results"]
    assert {row["id"] for row in rows} == official
    for name in ("trial", "open", "theirs"):
        assert client.get(f"{API}evaluations/{world.runs[name].pk}/").status_code == 404
    shown = client.get(f"{API}evaluations/{world.runs['Q3'].pk}/").json()
    assert shown["counts"] == {"green": 3, "yellow": 3, "red": 2, "grey": 1}
    assert shown["standard"] == {"id": world.standard.pk, "code": "default", "version": 3}
    assert set(shown) == {
        "id",
        "period",
        "kind",
        "run",
        "standard",
        "effective_on",
        "completed_at",
        "counts",
        "digest",
    }


def test_standards_show_their_text_and_which_is_adopted(world: World) -> None:
    client = world.client()
    rows = client.get(f"{API}standards/").json()["results"]
    assert [(row["id"], row["adopted"]) for row in rows] == [(world.standard.pk, True)]
    shown = client.get(f"{API}standards/{world.standard.pk}/").json()
    assert shown["text"] == TEXT
    assert [group["code"] for group in shown["told"]["groups"]] == [group.code for group in BOOK.groups]
    assert shown["told"]["decisions"]
    assert shown["told"]["green"] == float(BOOK.green)
