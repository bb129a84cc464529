"""A whole inspection through REST: what is asked, answers, files, the verdict, a lead's decision, contacts."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from core.models import Entry
from core.roles import OBSERVER
from orders.models import Contact, Evidence, Inspection, InspectionAnswer, InspectionVerdict, Order, Task
from tests.api.client import Caller, agent, person, problem
from tests.api.forms import form_of
from tests.stories.company import Company
from tests.stories.inspecting import (
    NORM,
    PHOTOS,
    UNTOUCHED,
    answer,
    answers,
    attach,
    attach_all,
    conclude,
    photo,
    under_inspection,
)

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


@pytest.fixture
def order(company: Company) -> Order:
    """Under inspection with Anna."""
    company.manager("Anna")
    return under_inspection(company)


@pytest.fixture
def anna(company: Company, order: Order) -> Caller:
    assert order.assigned_manager is not None
    return person(company, order.assigned_manager)


def send(
    caller: Caller, order: Order, content: bytes, *, name: str = "photo.png", key: str = "", **fields: str
) -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return send_form(caller, order, {"file": (name, content), **fields}, **headers)


def send_form(caller: Caller, order: Order, fields: dict[str, Any], **headers: str) -> HttpResponse:
    kind = {"Content-Type": "multipart/form-data; boundary=photos", **headers}
    return caller.post(f"orders/{order.ref}/evidence/", form_of(fields), **kind)


def content_of(response: Any) -> bytes:
    """A file that is read to its end is closed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def codes(inspection: Any) -> list[str]:
    return [item["code"] for item in inspection["missing"]]


# ── from the acceptance to the client ──


def test_a_whole_inspection_goes_through_rest(company: Company, order: Order, anna: Caller) -> None:
    base = f"orders/{order.ref}/inspection/"
    begun = anna.get(base).json()
    assert (begun["ref"], begun["number"], begun["template"]) == (order.ref, 1, 1)
    assert (begun["total"], begun["answered"], begun["files_missing"]) == (28, 0, 10)
    assert codes(begun) == [*UNTOUCHED]
    assert [len(group["points"]) for group in begun["groups"]] == [5, 5, 6, 4, 3, 3, 2]

    talked = {"whom": "seller", "channel": "phone", "outcome": "agreed"}
    assert anna.post(f"orders/{order.ref}/contacts/", talked).status_code == 201
    for group in begun["groups"]:
        response = anna.post(base + "answers/", {"group": group["code"]})
        assert response.status_code == 200
    # Words and numbers have no norm to be given with their group.
    assert codes(response.json())[:2] == ["file:1", "point:2"]
    typed = [{"point": n, "value": NORM[n]} for n in (2, 18, 22)] + [
        {"point": 27, "value": 98500, "remark": "After some talk"},
        {"point": 3, "value": "box"},
    ]
    answered = anna.post(base + "answers/", {"answers": typed}).json()
    assert (answered["answered"], codes(answered)) == (28, [*(f"file:{n}" for n in PHOTOS), "verdict"])
    price = next(p for g in answered["groups"] for p in g["points"] if p["number"] == 27)
    assert (price["answer"]["value"], price["answer"]["remark"], price["answer"]["with_group"]) == (
        "98500",
        "After some talk",
        False,
    )

    for point, count in PHOTOS.items():
        for number in range(count):
            sent = send(anna, order, photo(point * 10 + number), point=str(point))
            assert (sent.status_code, sent.json()["point"]) == (201, point)
    assert codes(anna.get(base).json()) == ["verdict"]
    refused = anna.post(base + "verdict/", {"verdict": "pass"})
    assert problem(refused) == (422, "has_exceptions", [("", "has_exceptions")])
    verdict = anna.post(base + "verdict/", {"verdict": "remarks", "remarks": "No papers"}).json()
    assert (verdict["verdict"]["verdict"], verdict["missing"]) == ("remarks", [])

    moved = anna.post(f"orders/{order.ref}/routes/complete_inspection/", {"version": verdict["version"]})
    assert moved.json()["status"] == "awaiting_payment"
    ended = anna.get(base).json()
    assert (ended["is_current"], ended["missing"], ended["answered"]) == (False, [], 28)
    assert company.audit() == {}


def test_goods_that_are_not_fit_are_decided_about_through_rest(
    company: Company, order: Order, anna: Caller
) -> None:
    answer(company, order, answers())
    attach_all(company, order)
    base = f"orders/{order.ref}/inspection/"
    lead = person(company, company.lead)
    failed = anna.post(base + "verdict/", {"verdict": "fail", "remarks": "Bent"}).json()
    assert (codes(failed), failed["verdict"]["decision"]) == (["lead_decision"], "")
    decision = {"decision": "go_on", "reason": "The client knows", "version": failed["version"]}

    assert problem(anna.post(base + "decision/", decision))[:2] == (403, "not_yours")
    stale = {**decision, "version": failed["version"] - 1}
    assert problem(lead.post(base + "decision/", stale))[:2] == (409, "stale_version")
    decided = lead.post(base + "decision/", decision).json()

    assert decided["missing"] == []
    assert decided["verdict"]["decision"] == "go_on"
    assert decided["verdict"]["decided_by"] == {"id": company.lead.pk, "name": "Olga"}
    # Said twice by a button that is old by now: nothing is left to decide.
    again = lead.post(base + "decision/", {**decision, "version": decided["version"]})
    assert problem(again)[:2] == (422, "no_fail_to_decide")
    assert Task.objects.get().status == "done"


# ── what is refused names its points ──


def test_refused_answers_name_their_points(order: Order, anna: Caller) -> None:
    given = [
        {"point": 1, "value": "yes"},
        {"point": 3, "value": "lost"},
        {"point": 18, "value": "many"},
        {"point": 29, "value": "yes"},
    ]

    response = anna.post(f"orders/{order.ref}/inspection/answers/", {"answers": given})

    assert problem(response) == (
        422,
        "bad_value",
        [("point:3", "bad_value"), ("point:18", "bad_value"), ("point:29", "unknown_point")],
    )
    assert not InspectionAnswer.objects.exists()


def test_a_verdict_before_the_end_lists_every_point_and_file(
    company: Company, order: Order, anna: Caller
) -> None:
    answer(company, order, answers(p7=""))
    attach_all(company, order, but=[21])

    response = anna.post(f"orders/{order.ref}/inspection/verdict/", {"verdict": "pass"})

    assert problem(response) == (
        422,
        "incomplete",
        [("point:7", "incomplete"), ("file:21", "incomplete")],
    )
    assert [item["code"] for item in response.json()["missing"]] == ["point:7", "file:21"]


def test_an_answer_that_somebody_gave_meanwhile_is_not_overwritten(
    company: Company, order: Order, anna: Caller
) -> None:
    answer(company, order, answers(p7=""))
    path = f"orders/{order.ref}/inspection/answers/"

    seen_none = anna.post(path, {"answers": [{"point": 8, "value": "no", "seen": 0}]})
    current = InspectionAnswer.objects.get(item__number=8)
    seen_it = anna.post(path, {"answers": [{"point": 8, "value": "no", "seen": current.pk}]})
    still_open = anna.post(path, {"answers": [{"point": 7, "value": "no", "seen": 0}]})

    assert problem(seen_none) == (409, "answered_meanwhile", [("point:8", "answered_meanwhile")])
    assert (seen_it.status_code, still_open.status_code) == (200, 200)


def test_there_is_no_inspection_before_the_order_is_accepted(company: Company) -> None:
    anna = company.manager("Anna")
    order = company.order()
    caller = person(company, anna.user)
    base = f"orders/{order.ref}/inspection/"

    assert problem(caller.get(base))[:2] == (404, "no_inspection")
    assert problem(caller.post(base + "answers/", {"group": "body"}))[:2] == (422, "no_inspection")
    assert problem(send(caller, order, photo(1)))[:2] == (422, "no_inspection")


# ── who may ──


def test_reading_is_for_whoever_sees_the_order_and_acting_for_its_people(
    company: Company, order: Order, anna: Caller
) -> None:
    file = attach(company, order, 1, seed=1)
    reads = [f"orders/{order.ref}/{what}/" for what in ("inspection", "evidence", "contacts")]
    reads.append(f"evidence/{file.pk}/file/")
    acts = {
        f"orders/{order.ref}/inspection/answers/": {"group": "body"},
        f"orders/{order.ref}/inspection/verdict/": {"verdict": "pass"},
        f"orders/{order.ref}/inspection/decision/": {"decision": "again", "reason": "Why not"},
        f"orders/{order.ref}/contacts/": {"whom": "seller", "channel": "phone", "outcome": "reached"},
        f"evidence/{file.pk}/place/": {"point": 2},
        f"evidence/{file.pk}/remove/": {},
    }
    observer = person(company, company.person("Viktor", OBSERVER))
    stranger = person(company, company.manager("Boris").user)
    machine = agent(company, "ai_ceo", "orders:read", "orders:act")

    for caller in (anna, observer, machine):
        for path in reads:
            response = caller.get(path)
            assert response.status_code == 200
            assert content_of(response)
    assert [problem(stranger.get(path))[:2] for path in reads] == [(404, "not_found")] * 4
    for caller in (observer, stranger, machine):
        for path, body in acts.items():
            assert problem(caller.post(path, body))[:2] == (403, "not_yours"), path
        assert problem(send(caller, order, photo(2)))[:2] == (403, "not_yours")
    reader = agent(company, "ai_rom", "orders:read")
    assert problem(reader.post(f"orders/{order.ref}/inspection/answers/", {}))[:2] == (403, "no_scope")
    assert problem(Caller(company).get(reads[0]))[0] == 401


def test_a_file_that_was_taken_away_is_nobodys(company: Company, order: Order, anna: Caller) -> None:
    file = attach(company, order, 1, seed=1)

    assert anna.post(f"evidence/{file.pk}/remove/").status_code == 204
    assert anna.post(f"evidence/{file.pk}/remove/").status_code == 204

    assert problem(anna.get(f"evidence/{file.pk}/file/"))[:2] == (404, "not_found")
    assert anna.get(f"orders/{order.ref}/evidence/").json() == {"results": []}
    assert problem(anna.post(f"evidence/{file.pk}/place/", {"point": 2}))[:2] == (404, "not_found")


# ── files ──


def test_a_file_is_saved_as_it_was_sent(company: Company, order: Order, anna: Caller) -> None:
    sent = send(anna, order, photo(7), name="Серийный номер.png").json()

    (listed,) = anna.get(f"orders/{order.ref}/evidence/").json()["results"]
    assert listed == sent
    assert (sent["name"], sent["kind"], sent["size"]) == ("Серийный номер.png", "photo", len(photo(7)))
    assert (sent["point"], sent["width"], sent["height"], sent["repeats"]) == (None, 16, 12, None)
    response = anna.get(f"evidence/{sent['id']}/file/")
    assert content_of(response) == photo(7)
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_placed_and_placed_again(company: Company, order: Order, anna: Caller) -> None:
    file = send(anna, order, photo(7)).json()
    path = f"evidence/{file['id']}/place/"

    assert anna.post(path, {"point": 1}).json()["point"] == 1
    assert anna.post(path, {"point": None}).json()["point"] is None
    assert problem(anna.post(path, {"point": 29})) == (422, "unknown_point", [("", "unknown_point")])
    assert problem(anna.post(path, {})) == (400, "invalid", [("point", "required")])
    assert problem(anna.post("evidence/999999/place/", {"point": 1}))[:2] == (404, "not_found")


def test_the_same_content_elsewhere_says_where(company: Company, order: Order, anna: Caller) -> None:
    first = send(anna, order, photo(7), point="1").json()

    again = send(anna, order, photo(7), point="1").json()
    elsewhere = send(anna, order, photo(7), point="6").json()

    assert again["id"] == first["id"]
    assert elsewhere["repeats"] == {"id": first["id"], "order": order.ref}


def test_a_file_sent_again_with_the_same_key_is_there_once_and_another_one_is_refused(
    order: Order, anna: Caller
) -> None:
    first = send(anna, order, photo(1), key="photo-1")
    again = send(anna, order, photo(1), key="photo-1")
    another = send(anna, order, photo(2), key="photo-1")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert problem(another)[:2] == (422, "idempotency_key_reused")
    assert Evidence.objects.count() == 1


def test_a_refused_file_stays_refused_with_its_key(order: Order, anna: Caller) -> None:
    refused = [problem(send(anna, order, b"GIF89a", key="photo-1"))[:2] for _ in range(2)]

    assert refused == [(415, "not_allowed")] * 2
    assert Entry.objects.filter(kind="command.evidence_add").count() == 1


def test_files_for_other_purposes_are_no_part_of_the_inspection(order: Order, anna: Caller) -> None:
    claim = send(anna, order, photo(3), purpose="claim").json()

    assert (claim["purpose"], claim["point"]) == ("claim", None)
    assert anna.get(f"orders/{order.ref}/inspection/").json()["unplaced"] == []


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "a.jpg", 422, "empty"),
        (b"\xff\xd8\xff" + bytes(15 * MEGABYTE), "a.jpg", 413, "too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.jpg", 415, "not_allowed"),
        (b"<html></html>", "photo.jpg", 415, "not_allowed"),
        (photo(1), "photo.jpg", 415, "wrong_extension"),
        (photo(1)[:50], "photo.png", 422, "broken"),
    ],
    ids=["empty", "large", "svg", "html", "png called jpg", "half"],
)
def test_a_file_that_is_not_taken_says_why(
    order: Order, anna: Caller, content: bytes, name: str, status: int, code: str
) -> None:
    response = send(anna, order, content, name=name)

    assert problem(response) == (status, code, [("file", code)])
    assert not Evidence.objects.exists()


def test_a_body_of_more_than_16_megabytes_is_refused_without_being_read(order: Order, anna: Caller) -> None:
    assert problem(send(anna, order, bytes(16 * MEGABYTE)))[:2] == (413, "too_large")


# ── contacts ──


def test_contacts_are_recorded_and_listed_newest_first(company: Company, order: Order, anna: Caller) -> None:
    path = f"orders/{order.ref}/contacts/"
    first = {
        "whom": "seller",
        "channel": "phone",
        "outcome": "call_back",
        "next_at": "2026-03-02T18:00:00+03:00",
    }

    made = anna.post(path, {**first, "text": "At work\nuntil six"})
    anna.post(path, {"whom": "client", "channel": "telegram", "outcome": "reached"})

    assert (made.status_code, made.json()["next_at"]) == (201, "2026-03-02T15:00:00Z")
    assert made.json()["by"] == {"id": order.assigned_manager_id, "name": "Anna"}
    listed = anna.get(path).json()["results"]
    assert [(contact["whom"], contact["text"]) for contact in listed] == [
        ("client", ""),
        ("seller", "At work\nuntil six"),
    ]
    assert Task.objects.get().kind == "contact_seller"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"outcome": "call_back"}, (422, "next_required", [])),
        ({"next_at": "2026-03-02T11:00:00+03:00"}, (422, "next_in_past", [])),
        ({"next_at": "2027-03-02T11:00:00+03:00"}, (422, "next_too_late", [])),
        ({"next_at": "tomorrow"}, (400, "invalid", [("next_at", "not_a_moment")])),
        ({"whom": "neighbour"}, (400, "invalid", [("whom", "unknown_choice")])),
        ({"channel": ["phone"]}, (400, "invalid", [("channel", "unknown_choice")])),
        ({"outcome": None}, (400, "invalid", [("outcome", "null")])),
        ({"text": "x" * 2001}, (400, "invalid", [("text", "max_length")])),
        ({"by": 1}, (400, "invalid", [("by", "unknown")])),
    ],
)
def test_what_is_no_contact_is_refused(
    order: Order, anna: Caller, changed: dict[str, Any], expected: tuple[int, str, list[tuple[str, str]]]
) -> None:
    body = {"whom": "seller", "channel": "phone", "outcome": "reached", **changed}

    assert problem(anna.post(f"orders/{order.ref}/contacts/", body)) == expected
    assert not Contact.objects.exists()


# ── bad input ──

ANSWERS: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, [("answers", "required")]),
    ({"answers": [], "x": 1}, [("answers", "blank"), ("x", "unknown")]),
    ({"answers": {}}, [("answers", "not_a_list")]),
    ({"answers": None}, [("answers", "null")]),
    ({"answers": "all"}, [("answers", "not_a_list")]),
    ({"answers": [None]}, [("answers[0]", "not_an_object")]),
    ({"answers": [[1, "yes"]]}, [("answers[0]", "not_an_object")]),
    ({"answers": [{}]}, [("answers[0].point", "required"), ("answers[0].value", "required")]),
    (
        {"answers": [{"point": 1, "value": "yes"}, {"point": "2", "value": "no"}]},
        [("answers[1].point", "not_an_integer")],
    ),
    ({"answers": [{"point": True, "value": "yes"}]}, [("answers[0].point", "not_an_integer")]),
    ({"answers": [{"point": -1, "value": "yes"}]}, [("answers[0].point", "out_of_range")]),
    ({"answers": [{"point": 10**30, "value": "yes"}]}, [("answers[0].point", "out_of_range")]),
    ({"answers": [{"point": 1, "value": True}]}, [("answers[0].value", "not_a_text")]),
    ({"answers": [{"point": 1, "value": None}]}, [("answers[0].value", "null")]),
    ({"answers": [{"point": 1, "value": " \u200b"}]}, [("answers[0].value", "blank")]),
    ({"answers": [{"point": 1, "value": "x" * 1001}]}, [("answers[0].value", "max_length")]),
    ({"answers": [{"point": 1, "value": "a\x1bb"}]}, [("answers[0].value", "control_character")]),
    ({"answers": [{"point": 1, "value": "yes", "remark": 5}]}, [("answers[0].remark", "not_a_text")]),
    ({"answers": [{"point": 1, "value": "yes", "seen": -1}]}, [("answers[0].seen", "out_of_range")]),
    ({"answers": [{"point": 1, "value": "yes", "seen": False}]}, [("answers[0].seen", "not_an_integer")]),
    ({"answers": [{"point": 1, "value": "yes", "is_normal": True}]}, [("answers[0].is_normal", "unknown")]),
    (
        {"answers": [{"point": 1, "value": "yes"}, {"point": 2, "value": "a"}, {"point": 1, "value": "no"}]},
        [("answers[2].point", "duplicate")],
    ),
    ({"answers": [{"point": n, "value": "yes"} for n in range(1, 1001)]}, [("answers", "max_items")]),
    ({"group": "body", "answers": [{"point": 1, "value": "yes"}]}, [("group", "one_of_two")]),
    ({"group": "Корпус"}, [("group", "not_a_slug")]),
    ({"group": None}, [("group", "null")]),
    ([], [("", "not_an_object")]),
]


@pytest.mark.parametrize(("body", "errors"), ANSWERS)
def test_bodies_of_answers_that_are_wrong_name_the_place(
    order: Order, anna: Caller, body: Any, errors: list[tuple[str, str]]
) -> None:
    status, code, found = problem(anna.post(f"orders/{order.ref}/inspection/answers/", body))

    assert (status, code, sorted(found)) == (400, "invalid", errors)
    assert not InspectionAnswer.objects.exists()


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b'{"answers": [{"point": NaN, "value": "yes"}]}', 400, "malformed"),
        (b'{"answers": [{"point": 18, "value": 1e400}]}', 400, "malformed"),
        (b'{"answers": [{"point": 1, "value": "a\\u0000"}]}', 400, "malformed"),
        (b'{"answers": [{"point": 1, "value": "\\ud800"}]}', 400, "malformed"),
        (b'{"group": "body", "group": "wear"}', 400, "malformed"),
        (b'{"answers": ' + b"[" * 1000 + b"]" * 1000 + b"}", 400, "malformed"),
        (b'{"x": "' + b"x" * 10 * MEGABYTE + b'"}', 413, "too_large"),
    ],
    ids=["nan", "1e400", "nul", "surrogate", "twice", "deep", "large"],
)
@pytest.mark.parametrize(
    "door", ["inspection/answers", "inspection/verdict", "inspection/decision", "contacts"]
)
def test_bodies_that_can_not_be_read_are_refused(
    order: Order, anna: Caller, door: str, raw: bytes, status: int, code: str
) -> None:
    assert problem(anna.post(f"orders/{order.ref}/{door}/", raw))[:2] == (status, code)
    assert not InspectionAnswer.objects.exists()


@pytest.mark.parametrize(
    ("door", "body", "errors"),
    [
        ("verdict", {}, [("verdict", "required")]),
        ("verdict", {"verdict": "maybe"}, [("verdict", "unknown_choice")]),
        ("verdict", {"verdict": ["pass"]}, [("verdict", "unknown_choice")]),
        ("verdict", {"verdict": "fail", "remarks": "x" * 2001}, [("remarks", "max_length")]),
        ("verdict", {"verdict": "fail", "remarks": 5}, [("remarks", "not_a_text")]),
        ("verdict", {"verdict": "fail", "version": "1"}, [("version", "not_an_integer")]),
        ("verdict", {"verdict": "fail", "version": 2**40}, [("version", "out_of_range")]),
        ("verdict", {"verdict": "fail", "by": 1}, [("by", "unknown")]),
        ("decision", {"decision": "go_on"}, [("reason", "required")]),
        ("decision", {"decision": "go_on", "reason": " "}, [("reason", "blank")]),
        ("decision", {"decision": "cancel", "reason": "Bent"}, [("decision", "unknown_choice")]),
        ("decision", {"decision": "go_on", "reason": "x" * 1001}, [("reason", "max_length")]),
    ],
)
def test_verdicts_and_decisions_that_are_none_are_refused(
    order: Order, anna: Caller, door: str, body: Any, errors: list[tuple[str, str]]
) -> None:
    assert problem(anna.post(f"orders/{order.ref}/inspection/{door}/", body)) == (400, "invalid", errors)
    assert not InspectionVerdict.objects.exists()


FILE = ("photo.png", photo(1))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, (400, "invalid", [("file", "required")])),
        ({"file": "photo"}, (400, "invalid", [("file", "not_a_file")])),
        ({"file": FILE, "point": "seven"}, (400, "invalid", [("point", "not_an_integer")])),
        ({"file": FILE, "point": "-1"}, (400, "invalid", [("point", "not_an_integer")])),
        ({"file": FILE, "point": "9" * 30}, (400, "invalid", [("point", "not_an_integer")])),
        ({"file": FILE, "point": "0"}, (400, "invalid", [("point", "out_of_range")])),
        ({"file": FILE, "point": "29"}, (422, "unknown_point", [("", "unknown_point")])),
        ({"file": FILE, "point": FILE}, (400, "invalid", [("point", "not_an_integer")])),
        ({"file": FILE, "purpose": "holiday"}, (400, "invalid", [("purpose", "unknown_choice")])),
        ({"file": FILE, "order": "R-1"}, (400, "invalid", [("order", "unknown")])),
        ({"file": [FILE, FILE]}, (400, "malformed", [("file", "duplicate_key")])),
        ({"file": FILE, "point": ["1", "2"]}, (400, "malformed", [("point", "duplicate_key")])),
    ],
)
def test_forms_that_are_wrong_name_the_field(
    order: Order, anna: Caller, form: dict[str, Any], expected: tuple[int, str, list[tuple[str, str]]]
) -> None:
    response = send_form(anna, order, form)

    assert problem(response) == expected
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\\\photos\\\\front.png", "front.png"),
        ("a\x1bb\u202egnp.png", "abgnp.png"),
        ("", ""),
        ("x" * 500 + ".png", "x" * 116 + ".png"),
    ],
)
def test_whatever_a_file_is_called_only_a_name_is_kept(
    order: Order, anna: Caller, name: str, kept: str
) -> None:
    response = send(anna, order, photo(1), name=name)

    if not name:
        # Without a name it is a text.
        assert problem(response) == (400, "invalid", [("file", "not_a_file")])
        return
    assert (response.status_code, response.json()["name"]) == (201, kept)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("application/json", b"{}", (415, "unsupported_media_type")),
        ("image/png", photo(1), (415, "unsupported_media_type")),
        ("multipart/form-data", b"--x--", (400, "malformed")),
        ("multipart/form-data; boundary=x", b"garbage", (400, "invalid")),
        ("multipart/form-data; boundary=x", b"", (400, "invalid")),
        (
            "multipart/form-data; boundary=x",
            b"".join(
                b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(1500)
            )
            + b"--x--\r\n",
            (400, "invalid"),
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="point"\r\n\r\n'
            + b"1" * 6 * MEGABYTE
            + b"\r\n--x--\r\n",
            (413, "too_large"),
        ),
    ],
    ids=["json", "bare", "no boundary", "garbage", "empty", "many", "large field"],
)
def test_bodies_that_are_no_forms_are_refused(
    order: Order, anna: Caller, kind: str, raw: bytes, expected: tuple[int, str]
) -> None:
    response = anna.post(f"orders/{order.ref}/evidence/", raw, **{"Content-Type": kind})

    assert problem(response)[:2] == expected


# ── what it costs ──


def test_reading_an_inspection_costs_the_same_however_much_is_there(
    company: Company, order: Order, anna: Caller
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert anna.get(f"orders/{order.ref}/inspection/").status_code == 200
        return len(captured)

    queries()
    empty = queries()
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order, "fail", remarks="Bent")

    assert queries() == empty
    assert Inspection.objects.count() == 1
