"""What the systems of departments ask in the recording: every endpoint, every filter, every kind of key, every refusal."""

from typing import Any

API = "/api/v1/"
WRONG = ("expired", "revoked", "replaced", "unknown", "")
FAILURES = 30  # wrong keys that an address has in five minutes
JSON = "application/json"


class Asking:
    """Gathers the requests in their order; each has a name, so that a later one can follow its links and marks."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def add(self, name: str, path: str, *, key: str = "full", method: str = "GET", **more: Any) -> None:
        """``more``: headers, body (an object, or the text as it is sent), fill (the size of a body), brief."""
        full = path if path.startswith(("/", "@")) else f"{API}{path}"
        self.requests.append({"name": name, "key": key, "method": method, "path": full} | more)

    def post(self, name: str, path: str, body: Any = None, token: str = "", **more: Any) -> None:
        headers = {"Idempotency-Key": token} if token else {}
        self.add(
            name,
            path,
            method="POST",
            **({"headers": headers} if headers else {}),
            body="" if body is None else body,
            **more,
        )

    def walk(self, name: str, path: str, pages: int, **more: Any) -> None:
        """A list to its end by ``next``, and one step back."""
        self.add(f"{name} 1", path, **more)
        for number in range(2, pages + 1):
            self.add(f"{name} {number}", f"@{name} {number - 1}.next", **more)
        self.add(f"{name} back", f"@{name} {pages}.previous", **more)


def requests(ids: dict[str, Any], counts: dict[str, int], scopes: list[str]) -> list[dict[str, Any]]:
    """All of them. ``ids`` of the story; ``counts``: rows of each list that is walked, as the full key sees them."""
    asking = Asking()
    _everybody(asking, ids, scopes)
    _register(asking, ids, counts)
    _ratings(asking, ids, counts)
    _runs(asking, ids, counts)
    _messages(asking, ids)
    _answers(asking, ids)
    _subscriptions(asking, ids)
    _refusals(asking, ids)
    for number in range(FAILURES):
        asking.add(f"guessing {number}", "key/", key="unknown", brief=True)
    asking.add("a right key passes", "key/")
    return asking.requests


def endpoints(ids: dict[str, Any]) -> dict[str, tuple[str, str, Any]]:
    """Name → method, path, body of each endpoint, asked for something that is there."""
    worse, enterprise = ids["worse"], ids["enterprise"]
    return {
        "index": ("GET", "", None),
        "key": ("GET", "key/", None),
        "enterprises": ("GET", "enterprises/?page_size=3", None),
        "enterprise": ("GET", f"enterprises/{enterprise}/", None),
        "ratings": ("GET", "ratings/?page_size=3", None),
        "rating": ("GET", f"ratings/{enterprise}/", None),
        "history": ("GET", f"ratings/{enterprise}/history/", None),
        "evaluations": ("GET", "evaluations/?page_size=3", None),
        "evaluation": ("GET", f"evaluations/{ids['evaluation']}/", None),
        "standards": ("GET", "standards/", None),
        "standard": ("GET", f"standards/{ids['standard']}/", None),
        "events": ("GET", f"events/?subscription={worse}&limit=1", None),
        "event": ("GET", f"events/{worse}/1/", None),
        "acknowledge": ("POST", f"events/{worse}/1/acknowledge/", ""),
        "feedback": ("POST", f"events/{worse}/1/feedback/", {"text": "再次核查。"}),
        "subscriptions": ("GET", "subscriptions/", None),
        "subscription": ("GET", f"subscriptions/{worse}/", None),
        "tune": ("PATCH", f"subscriptions/{worse}/", {"colours": ["red"]}),
        "replay": ("POST", f"subscriptions/{worse}/replay/", {"from_sequence": 1}),
    }


def _everybody(asking: Asking, ids: dict[str, Any], scopes: list[str]) -> None:
    """Each endpoint with each kind of key; what a key of one scope may is told briefly."""
    for endpoint, (method, path, body) in endpoints(ids).items():
        more = {} if body is None else {"body": body}
        for key in ("full", "narrow", "fire", "elsewhere", "replacing"):
            told = key in ("full", "narrow", "elsewhere") or endpoint in (
                "key",
                "events",
                "event",
                "subscriptions",
            )
            brief = {} if told else {"brief": True}
            asking.add(f"{endpoint} {key}", path, key=key, method=method, **more, **brief)
        for key in scopes:
            asking.add(f"{endpoint} {key}", path, key=key, method=method, brief=True, **more)
    for key in WRONG:
        asking.add(f"key {key or 'none'}", "key/", key=key)
        asking.add(f"nothing {key or 'none'}", "nothing/here/", key=key)
    asking.add("schema public", "schema/", key="", brief=True)
    asking.add("docs public", "docs/", key="", brief=True)


def _register(asking: Asking, ids: dict[str, Any], counts: dict[str, int]) -> None:
    asking.walk("register", "enterprises/?page_size=15", -(-counts["enterprises"] // 15))
    asking.add("register cursor kept", f"enterprises/?page_size=2&cursor={ids['cursor']}")
    for query in (
        "colour=green&page_size=4",
        "colour=yellow&page_size=4",
        "colour=red",
        "colour=grey&page_size=4",
        "station=AD02&page_size=4",
        "industry=C&page_size=4",
        "industry=F52",
        "industry=C3670",
        "q=精密",
        "q=qhmz",
        "q=AD-001",
        "q=创业三路 清河",
        "q=nothing-of-this-name",
        "colour=green&station=AD01&industry=C&q=清河",
        "colour=blue",
        "station=NH01",
        "station=XX",
        "industry=c",
        "industry=C36701",
        "page_size=0",
        "page_size=501",
        "page_size=many",
        "cursor=bm9uZQ",
        "cursor=",
        "color=red",
        "period=2025Q3",
        "colour=red&colour=green",
        "q=%00",
    ):
        asking.add(f"enterprises ?{query}", f"enterprises/?{query}")
    asking.add("enterprises in Chinese", "enterprises/?page_size=2", headers={"Accept-Language": "zh-hans"})
    asking.add("enterprises of a narrow key, another station", "enterprises/?station=AD02", key="narrow")
    for name in ("other", "registered", "handed_over", "foreign"):
        asking.add(f"enterprise {name}", f"enterprises/{ids[name]}/")
        asking.add(f"enterprise {name}, narrow", f"enterprises/{ids[name]}/", key="narrow")
    asking.add("enterprise nobody", "enterprises/999999/")
    asking.add("enterprise with a parameter", f"enterprises/{ids['other']}/?full=1")


def _ratings(asking: Asking, ids: dict[str, Any], counts: dict[str, int]) -> None:
    asking.walk("quarter", "ratings/?page_size=20", -(-counts["ratings"] // 20))
    for query in (
        "period=2025Q3&page_size=2",
        "period=2025Q2&page_size=2",
        "period=2024Q4&page_size=2",
        "period=2021Q1",
        "period=2025Q5",
        "colour=red",
        "colour=yellow&page_size=4",
        "colour=grey&page_size=4",
        "changed=up",
        "changed=down",
        "changed=any&page_size=4",
        "changed=sideways",
        "station=AD03&page_size=3",
        "industry=F&page_size=3",
        "q=清河&page_size=3",
        "colour=yellow&changed=down&page_size=3",
        "quarter=2025Q3",
        "page_size=1000",
        "cursor=bm9uZQ",
    ):
        asking.add(f"ratings ?{query}", f"ratings/?{query}")
    asking.add("ratings of a narrow key", "ratings/?page_size=3&changed=any", key="narrow")
    enterprise = ids["enterprise"]
    for query in ("period=2025Q3", "period=2025Q1", "period=2021Q1", "period=now", "lines=1"):
        asking.add(f"rating ?{query}", f"ratings/{enterprise}/?{query}")
    asking.add("rating in Chinese", f"ratings/{enterprise}/", headers={"Accept-Language": "zh-hans"})
    for query in ("quarters=2", "quarters=40", "quarters=41", "quarters=0", "page_size=2"):
        asking.add(f"history ?{query}", f"ratings/{enterprise}/history/?{query}")
    for name in ("other", "registered", "handed_over", "foreign"):
        asking.add(f"rating {name}", f"ratings/{ids[name]}/")
        asking.add(f"history {name}", f"ratings/{ids[name]}/history/?quarters=2")
    asking.add("rating handed over, narrow", f"ratings/{ids['handed_over']}/", key="narrow")
    asking.add("rating nobody", "ratings/999999/")


def _runs(asking: Asking, ids: dict[str, Any], counts: dict[str, int]) -> None:
    asking.walk("runs", "evaluations/?page_size=4", -(-counts["evaluations"] // 4))
    for name in ("correction", "interim", "trial", "foreign_evaluation"):
        asking.add(f"evaluation {name}", f"evaluations/{ids[name]}/")
    asking.add("evaluation narrow, correction", f"evaluations/{ids['correction']}/", key="narrow")
    asking.add("evaluations unknown parameter", "evaluations/?period=2025Q3")
    asking.add("evaluation nobody", "evaluations/999999/")
    asking.add("standards one a page", "standards/?page_size=1")
    asking.add("standards in Chinese", "standards/", headers={"Accept-Language": "zh-hans"})
    asking.add("standard in Chinese", f"standards/{ids['standard']}/", headers={"Accept-Language": "zh-hans"})
    asking.add("standard hazards only", f"standards/{ids['hazards_only']}/")
    asking.add("standard nobody", "standards/999999/")


def _messages(asking: Asking, ids: dict[str, Any]) -> None:
    worse, dangerous, small = ids["worse"], ids["dangerous"], ids["small"]
    for subscription in (worse, dangerous, small):
        asking.add(f"events of {subscription}", f"events/?subscription={subscription}&limit=3")
    asking.add("events after 2", f"events/?subscription={worse}&after=2&limit=2")
    asking.add("events after the last", f"events/?subscription={worse}&after=9999")
    for query in (
        "",
        "after=0",
        f"subscription={worse}&limit=101",
        f"subscription={worse}&limit=0",
        f"subscription={worse}&after=-1",
        "subscription=one",
        "subscription=999999",
        f"subscription={ids['fire']}",
        f"subscription={worse}&since=1",
    ):
        asking.add(f"events ?{query}", f"events/?{query}")
    for key in ("narrow", "fire", "elsewhere"):
        asking.add(f"events of the only one, {key}", "events/?limit=1", key=key)
        asking.add(f"events of worse, {key}", f"events/?subscription={worse}&limit=1", key=key)
        asking.add(f"events of small, {key}", f"events/?subscription={small}&limit=2", key=key)
    asking.add("event told of another station before", f"events/{ids['narrowed']}/1/", key="second")
    asking.add("events told of another station before", "events/", key="second")
    asking.add("event unknown number", f"events/{worse}/9999/")
    asking.add("event of somebody else", f"events/{ids['fire']}/1/")
    asking.add("event in Chinese", f"events/{worse}/1/", headers={"Accept-Language": "zh-hans"})
    asking.add("event changed since", f"events/{worse}/1/", headers={"If-None-Match": "@event full"})


def _answers(asking: Asking, ids: dict[str, Any]) -> None:
    """Acknowledging and answering, once and again."""
    (first, number), (second, other) = ids["kept_1"], ids["kept_2"]
    text = {"text": "已约谈企业负责人。"}
    asking.post("kept before the upgrade", f"events/{first}/{number}/acknowledge/", token="kept-1")
    asking.post("kept before the upgrade too", f"events/{second}/{other}/feedback/", text, token="kept-2")
    asking.post(
        "kept, other body", f"events/{second}/{other}/feedback/", {"text": "不同的话"}, token="kept-2"
    )
    asking.post("kept, other address", f"events/{first}/{number}/feedback/", text, token="kept-1")
    asking.post(
        "kept, other key", f"events/{first}/{number}/acknowledge/", token="kept-1", key="events:answer"
    )
    sub, last = ids["waiting"]
    path = f"events/{sub}/{last}/"
    asking.add("receipt before", path)
    asking.post("acknowledge once", f"{path}acknowledge/", token="new-1")
    asking.post("acknowledge again", f"{path}acknowledge/", token="new-1")
    asking.post("acknowledge without token", f"{path}acknowledge/")
    asking.post("acknowledge with {}", f"{path}acknowledge/", {})
    asking.post("acknowledge with a body", f"{path}acknowledge/", {"read": True})
    asking.post("feedback once", f"{path}feedback/", {"text": "已联合检查，隐患两处。"}, token="new-2")
    asking.post("feedback again", f"{path}feedback/", {"text": "已联合检查，隐患两处。"}, token="new-2")
    asking.post("feedback reused", f"{path}feedback/", {"text": "改口"}, token="new-2")
    asking.post("feedback anew", f"{path}feedback/", {"text": "第一行\r\n第二行"})
    asking.add("receipt after", path)
    asking.post("token too long", f"{path}acknowledge/", token="x" * 256)
    asking.post("token with blanks", f"{path}acknowledge/", token="a b")
    for name, body in (
        ("nothing", ""),
        ("no object", "[1]"),
        ("no JSON", "text=1"),
        ("no text", {}),
        ("empty text", {"text": " "}),
        ("a number", {"text": 5}),
        ("null", {"text": None}),
        ("another field", {"text": "a", "status": "done"}),
        ("a member twice", '{"text": "a", "text": "b"}'),
        ("not a number", '{"text": NaN}'),
        ("null character", {"text": "a\x00b"}),
    ):
        asking.post(f"feedback with {name}", f"{path}feedback/", body)
    asking.add(
        "feedback as a form",
        f"{path}feedback/",
        method="POST",
        body="text=a",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    asking.add("feedback too long", f"{path}feedback/", method="POST", fill=4001)
    asking.add("feedback too large", f"{path}feedback/", method="POST", fill=2_600_000)
    asking.post("feedback unknown message", f"events/{sub}/9999/feedback/", text)
    asking.post("feedback foreign message", f"events/{ids['fire']}/1/feedback/", text)
    asking.post("feedback, narrow key, not shown", f"events/{ids['worse']}/1/feedback/", text, key="narrow")
    for verb, body in (("acknowledge", None), ("feedback", text)):
        asking.post(f"{verb} what was not shown", f"events/{ids['narrowed']}/1/{verb}/", body, key="second")
    asking.post("acknowledge, narrow key, own area", f"events/{ids['small']}/1/acknowledge/", key="narrow")


def _subscriptions(asking: Asking, ids: dict[str, Any]) -> None:
    path = f"subscriptions/{ids['dangerous']}/"
    asking.add("dangerous", path)
    asking.add("dangerous unchanged", path, headers={"If-None-Match": "@dangerous"})
    asking.add("dangerous weak mark", path, headers={"If-None-Match": 'W/"other", *'})

    def patch(name: str, body: Any, mark: str = "@dangerous", where: str = path, **more: Any) -> None:
        headers = {"If-Match": mark} if mark else {}
        asking.add(name, where, method="PATCH", body=body, headers=headers, **more)

    patch("tune without mark", {"title": "新标题"}, "")
    patch("tune with an old mark", {"title": "新标题"}, '"0123456789abcdef0123456789abcdef"')
    patch("tune", {"title": "危险物品企业（新）", "colours": ["red"], "transitions": ["*>red", "*>*"]})
    patch("tune with the used mark", {"title": "再改"})
    patch("tune on", {"colours": []}, "@tune")
    patch("tune any mark", {"transitions": ["none>*"]}, "*")
    for name, body in (
        ("the area", {"stations": ["AD01"]}),
        ("a wrong colour", {"colours": ["blue"]}),
        ("a wrong step", {"transitions": ["red"]}),
        ("an empty title", {"title": ""}),
        ("a title that is taken", {"title": "变差为黄色或红色的企业"}),
        ("no object", []),
        ("no list", {"colours": "red"}),
    ):
        patch(f"tune {name}", body, "*")
    patch("tune somebody else's", {"title": "x"}, "*", f"subscriptions/{ids['fire']}/")
    asking.add("subscriptions of the narrow key", "subscriptions/", key="narrow")
    asking.add("subscription of the bureau, narrow", f"subscriptions/{ids['worse']}/", key="narrow")
    asking.add("subscriptions one a page", "subscriptions/?page_size=1")
    asking.add("subscriptions second page", "@subscriptions one a page.next")
    asking.add("subscriptions unknown parameter", "subscriptions/?state=paused")
    replay = f"subscriptions/{ids['worse']}/replay/"
    for name, body in (
        ("once", {"from_sequence": 1}),
        ("undelivered", {"from_sequence": 999}),
        ("zero", {"from_sequence": 0}),
        ("text", {"from_sequence": "1"}),
        ("a fraction", {"from_sequence": 1.5}),
        ("nothing", {}),
        ("more", {"from_sequence": 1, "to": 2}),
    ):
        asking.post(f"replay {name}", replay, body, token=f"replay-{name.replace(' ', '-')}")
    asking.post("replay again", replay, {"from_sequence": 1}, token="replay-once")
    asking.post("replay somebody else's", f"subscriptions/{ids['fire']}/replay/", {"from_sequence": 1})


def _refusals(asking: Asking, ids: dict[str, Any]) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        asking.add(f"{method} enterprises", "enterprises/", method=method, body="")
    asking.add("PUT subscription", f"subscriptions/{ids['worse']}/", method="PUT", body={})
    asking.add("GET acknowledge", f"events/{ids['worse']}/1/acknowledge/")
    asking.add("HEAD enterprises", "enterprises/?page_size=1", method="HEAD")
    asking.add("nothing here", "nothing/")
    asking.add("nothing here in Chinese", "nothing/", headers={"Accept-Language": "zh-hans"})
    asking.add("no slash", "enterprises")
    asking.add("format", "enterprises/?format=xml")
    for accept in (
        "text/html",
        "application/xml",
        "*/*",
        "application/json;q=0.5",
        "application/problem+json",
    ):
        asking.add(f"accepts {accept}", "key/", headers={"Accept": accept})
    asking.add("key unchanged", "key/", headers={"If-None-Match": "@accepts */*"})
    asking.add("basic", "key/", key="", headers={"Authorization": "Basic YTpi"})
    asking.add("no key in a cookie", "key/", key="", headers={"Cookie": "sessionid=abc"})
