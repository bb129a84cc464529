"""The page of an inspection: what it shows, what its doors do and refuse, with and without its script."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import User
from orders.models import Evidence, Inspection, InspectionAnswer, Order, Task
from orders.services import GivenAnswer
from orders.statuses import Severity
from tests.evidence.files import jpeg
from tests.panel.visitor import BACKEND, Visitor, finance, manager_visitor, observer, said, text
from tests.stories.company import MINUTE, Company
from tests.stories.inspecting import NORM, answer, answers, attach, attach_all, conclude

SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def order(company: Company) -> Order:
    """Under inspection by Anna, who talks English as everybody here."""
    company.manager("Anna")
    order = company.accept(company.order())
    User.objects.update(language="en")
    company.lead.refresh_from_db()
    return order


@pytest.fixture
def anna(company: Company, order: Order) -> Visitor:
    return Visitor(company, User.objects.get(first_name="Anna"))


def page(visitor: Visitor, order: Order) -> HttpResponse:
    return visitor.get("order_inspection", order.pk)


def current(order: Order, point: int) -> InspectionAnswer | None:
    return InspectionAnswer.objects.filter(
        inspection__order=order, item__number=point, replaced_at__isnull=True
    ).first()


def press(visitor: Visitor, order: Order, name: str, *args: Any, **data: Any) -> dict[str, Any]:
    """As the page's own script does it: what the server says."""
    with clock.fixed(visitor.company.now):
        response = visitor.client.post(reverse(f"admin:{name}", args=[order.pk, *args]), data, headers=SCRIPT)
    visitor.company.commit()
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def content_of(response: HttpResponse) -> bytes:
    """All of it, and the file behind it is closed."""
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def photo(name: str = "photo.jpg", *, seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(64, 48, seed=seed), content_type="image/jpeg")


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_has_every_point_in_its_group_and_says_what_is_missing(anna: Visitor, order: Order) -> None:
    shown = page(anna, order)

    groups = shown.context["parts"].groups
    assert sum(len(group.points) for group in groups) == 28
    assert [number for group in groups for number, _part in group.points] == list(range(1, 29))
    assert "0 / 28" in text(shown)
    # 28 answers and the photos of eight points.
    assert len(shown.context["shown"].missing) == 36
    assert 'href="#point-1"' in shown.content.decode()


def test_what_was_done_elsewhere_is_seen(company: Company, anna: Visitor, order: Order) -> None:
    answer(company, order, [GivenAnswer(3, "none", "The box is lost"), GivenAnswer(18, "12,5")])
    attach(company, order, 1, seed=7)
    attach(company, order, None, seed=8)

    seen = text(page(anna, order))

    assert "2 / 28" in seen
    assert "The box is lost" in seen
    assert "12.5" in page(anna, order).content.decode()
    assert "Telegram" in seen
    assert "Files without a point" in seen


def test_an_order_that_is_not_under_inspection_has_an_empty_page(company: Company, lead: Visitor) -> None:
    User.objects.update(language="en")
    company.manager("Anna")
    waiting = company.order("A-2")

    assert "There is no inspection yet." in text(page(lead, waiting))


def test_whoever_only_watches_reads_and_has_nothing_to_press(
    company: Company, anna: Visitor, order: Order
) -> None:
    answer(company, order, [GivenAnswer(1, "no", "Another colour")])

    for visitor in (observer(company), finance(company)):
        User.objects.update(language="en")
        visitor.user.refresh_from_db()
        shown = page(visitor, order)
        assert "Another colour" in text(shown)
        assert "only to read" in text(shown)
        content = shown.content.decode()
        assert "data-live" not in content
        assert "data-upload>" not in content


def test_an_ended_inspection_is_only_read(company: Company, anna: Visitor, order: Order) -> None:
    answer(company, order, answers())
    attach_all(company, order)
    conclude(company, order)
    order.refresh_from_db()
    anna.post("order_route", order.pk, "complete_inspection", data={"version": order.version})
    assert Order.objects.get(pk=order.pk).status == "awaiting_payment"

    shown = page(anna, order)

    assert "28 / 28" in text(shown)
    assert "ended" in text(shown)
    assert "data-live" not in shown.content.decode()
    found = press(anna, order, "inspection_answer", point=7, value="no", seen=0)
    assert "not under inspection" in found["errors"][0]


def test_texts_of_people_are_only_texts(company: Company, anna: Visitor, order: Order) -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    answer(company, order, [GivenAnswer(2, hostile, hostile)])
    Order.objects.filter(pk=order.pk).update(item=hostile, seller_name=hostile)

    content = page(anna, order).content.decode()

    assert "<img src=x" not in content
    assert "<script>alert" not in content


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_saved_and_only_what_changed_comes_back(anna: Visitor, order: Order) -> None:
    shown = page(anna, order)
    have = ",".join(f"{part.name}:{part.print}" for part in shown.context["parts"].all())

    found = press(anna, order, "inspection_answer", point=7, value="yes", remark="", seen=0, have=have)

    assert found["errors"] == []
    # The verdict's part carries the version of the order.
    assert {part["name"] for part in found["parts"]} == {"bar", "group-body", "point-7", "verdict"}
    given = current(order, 7)
    assert given is not None
    assert (given.value, given.is_normal, given.door) == ("yes", True, "admin")
    order.refresh_from_db()
    assert found["version"] == order.version


def test_without_the_script_one_comes_back_to_the_point(anna: Visitor, order: Order) -> None:
    shown = anna.post(
        "inspection_answer",
        order.pk,
        data={"point": 18, "value": "1 200,5", "remark": "by the log", "seen": 0},
    )

    assert shown.redirect_chain[-1][0] == f"/admin/orders/order/{order.pk}/inspection/#point-18"
    given = current(order, 18)
    assert given is not None
    assert (given.value, given.remark) == ("1200.5", "by the log")


@pytest.mark.parametrize(
    ("point", "value", "sentence"),
    [
        (7, "", "Point 7 “Геометрия”: the answer is empty."),
        (7, "perhaps", "Point 7 “Геометрия”: the answer is yes or no."),
        (3, "gold", "Point 3 “Документы”: there is no such choice."),
        (18, "many", "Point 18 “Наработка”: write a number, as 12 or 12,5."),
        (2, "\x01", "Point 2 “Серийный номер”: the text has characters that can't be kept."),
        (29, "yes", "There is no point 29."),
    ],
)
def test_what_is_no_answer_is_refused_with_the_points_name(
    anna: Visitor, order: Order, point: int, value: str, sentence: str
) -> None:
    found = press(anna, order, "inspection_answer", point=point, value=value, seen=0)
    assert found["errors"] == [sentence]

    shown = anna.post("inspection_answer", order.pk, data={"point": point, "value": value, "seen": 0})
    assert shown.status_code == 422
    assert not InspectionAnswer.objects.exists()
    if point <= 28:
        # Where it was tried, with what was written.
        assert sentence in text(shown)


@pytest.mark.parametrize(
    "data", [{}, {"point": "x", "seen": "0"}, {"point": "7", "seen": "-1"}, {"point": "7\x00"}]
)
def test_a_form_that_makes_no_sense_is_refused(anna: Visitor, order: Order, data: dict[str, str]) -> None:
    found = press(anna, order, "inspection_answer", **data)

    assert found["errors"]
    assert not InspectionAnswer.objects.exists()


def test_an_answer_that_nobody_has_seen_is_not_overwritten(
    company: Company, anna: Visitor, order: Order
) -> None:
    page(anna, order)
    answer(company, order, [GivenAnswer(7, "no", "bent")])

    found = press(anna, order, "inspection_answer", point=7, value="yes", seen=0)

    assert found["errors"] == ["Point 7 “Геометрия” was answered meanwhile by Anna: “No”. Yours is not kept."]
    newest = current(order, 7)
    assert newest is not None
    assert newest.value == "no"
    # Having seen it, one may.
    assert "bent" in next(part["html"] for part in found["parts"] if part["name"] == "point-7")
    assert press(anna, order, "inspection_answer", point=7, value="yes", seen=newest.pk)["errors"] == []


def test_the_same_answer_as_somebody_elses_meanwhile_is_no_quarrel(
    company: Company, anna: Visitor, order: Order
) -> None:
    answer(company, order, [GivenAnswer(7, "yes")])

    assert press(anna, order, "inspection_answer", point=7, value="yes", seen=0)["errors"] == []


def test_the_norm_for_a_group_answers_what_is_open_and_has_one(
    company: Company, anna: Visitor, order: Order
) -> None:
    answer(company, order, [GivenAnswer(7, "no")])

    assert press(anna, order, "inspection_group", group="body")["errors"] == []

    values = {point: given.value for point in range(6, 11) if (given := current(order, point))}
    assert values == {6: "no", 7: "no", 8: "yes", 9: "yes", 10: "no"}


@pytest.mark.parametrize("group", ["nowhere", "", "я" * 50, "a\x00"])
def test_a_group_that_is_none_is_refused(anna: Visitor, order: Order, group: str) -> None:
    found = press(anna, order, "inspection_group", group=group)

    assert found["errors"]


# ── what happened meanwhile ───────────────────────────────────────────────────────────────────────────────────


def test_the_open_page_asks_what_is_new_and_mostly_nothing_is(
    company: Company, anna: Visitor, order: Order
) -> None:
    shown = page(anna, order)
    have = ",".join(f"{part.name}:{part.print}" for part in shown.context["parts"].all())
    order.refresh_from_db()
    asked = {"seen": order.version, "have": have}

    assert anna.get("inspection_parts", order.pk, query=asked).status_code == 204

    answer(company, order, [GivenAnswer(7, "no", "bent")])
    found = anna.get("inspection_parts", order.pk, query=asked).json()
    assert {part["name"] for part in found["parts"]} == {"bar", "group-body", "point-7", "verdict"}


@pytest.mark.parametrize("have", ["", "::::", "a" * 5000, "point-7", "point-7:x,,,"])
def test_whatever_the_page_says_that_it_has_it_is_answered(anna: Visitor, order: Order, have: str) -> None:
    found = anna.get("inspection_parts", order.pk, query={"seen": "0", "have": have}).json()

    assert len(found["parts"]) == 28 + 7 + 3


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_kept_at_its_point_shown_small_and_given_back_whole(anna: Visitor, order: Order) -> None:
    found = press(anna, order, "evidence_add", point=9, file=photo("Screen.jpg"))

    assert found["errors"] == []
    file = Evidence.objects.get()
    assert file.item is not None
    assert (file.item.number, file.name, file.door) == (9, "Screen.jpg", "admin")
    original = anna.get("evidence_original", order.pk, file.pk)
    assert content_of(original) == jpeg(64, 48, seed=1)
    assert original["Content-Disposition"] == 'attachment; filename="Screen.jpg"'
    assert original["X-Content-Type-Options"] == "nosniff"
    preview = anna.get("evidence_preview", order.pk, file.pk)
    assert content_of(preview).startswith(b"\xff\xd8\xff")
    assert (preview["Content-Type"], preview["Content-Disposition"]) == ("image/jpeg", "inline")
    assert "sandbox" in preview["Content-Security-Policy"]
    assert "max-age=3600" in preview["Cache-Control"]


def test_many_files_at_once_are_all_taken_but_those_that_are_bad(anna: Visitor, order: Order) -> None:
    bad = SimpleUploadedFile("page.jpg", b"<html>", content_type="image/jpeg")

    shown = anna.post("evidence_add", order.pk, data={"point": "", "file": [photo(), bad, photo(seed=2)]})

    assert Evidence.objects.filter(item__isnull=True).count() == 2
    assert said(shown) == ["page.jpg: Only photos (JPEG, PNG, WebP), PDF and MP4 are taken."]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.jpg", b"", "The file is empty."),
        (
            "photo.jpg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "Only photos (JPEG, PNG, WebP), PDF and MP4",
        ),
        ("photo.png", jpeg(8, 8, seed=3), "ends otherwise than its content is"),
        ("photo.jpg", jpeg(64, 48, seed=3)[:200], "does not open"),
        ("photo.jpg", b"\xff\xd8\xff" + b"\0" * (15 * 1024 * 1024), "larger than 15 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_a_sentence(
    anna: Visitor, order: Order, name: str, content: bytes, sentence: str
) -> None:
    found = press(anna, order, "evidence_add", point=9, file=SimpleUploadedFile(name, content))

    assert sentence in " ".join(found["errors"])
    assert not Evidence.objects.exists()


def test_nothing_chosen_is_said(anna: Visitor, order: Order) -> None:
    assert press(anna, order, "evidence_add", point=9)["errors"] == ["Choose a file."]


def test_a_file_without_a_point_is_put_at_one_moved_and_taken_away(anna: Visitor, order: Order) -> None:
    press(anna, order, "evidence_add", point="", file=photo())
    file = Evidence.objects.get()

    press(anna, order, "evidence_place", file.pk, point=9)
    assert Evidence.objects.get().item.number == 9  # type: ignore[union-attr]
    press(anna, order, "evidence_place", file.pk, point="")
    assert Evidence.objects.get().item is None

    found = press(anna, order, "evidence_remove", file.pk)
    assert (found["errors"], found["said"]) == ([], "The file is taken away.")
    assert Evidence.objects.get().removed_by == anna.user
    assert anna.get("evidence_original", order.pk, file.pk).status_code == 404


def test_a_file_that_is_gone_or_of_another_order_is_not_found(
    company: Company, anna: Visitor, order: Order
) -> None:
    other = company.accept(company.order("A-2"))
    file = attach(company, other, 9, seed=1)

    for name in ("evidence_original", "evidence_preview"):
        assert anna.get(name, order.pk, file.pk).status_code == 404
        assert anna.get(name, other.pk, 999).status_code == 404
    for name in ("evidence_place", "evidence_remove"):
        assert anna.post(name, order.pk, file.pk, data={"point": "1"}).status_code == 404
    assert Evidence.objects.filter(removed_at__isnull=True, item__number=9).count() == 1


def test_a_file_of_the_order_that_is_of_no_inspection_is_placed_nowhere(
    company: Company, anna: Visitor, order: Order
) -> None:
    press(anna, order, "evidence_add", purpose="payment", file=photo())
    file = Evidence.objects.get()
    assert file.purpose == "payment"

    found = press(anna, order, "evidence_place", file.pk, point=9)

    assert found["errors"] == ["There is no such file here any more."]


def test_the_same_photo_again_is_flagged_with_its_place(
    company: Company, anna: Visitor, order: Order
) -> None:
    boris = company.manager("Boris")
    company.capacity(boris, 1000)
    attach(company, order, 6, seed=5)
    other = company.order("A-2")
    theirs = company.accept(other)
    User.objects.update(language="en")
    attach(company, theirs, 9, seed=5)
    owner = Visitor(company, User.objects.get(pk=theirs.assigned_manager_id))

    shown = page(owner, theirs)

    assert f"the same file is in {order.ref}, point 6" in text(shown)
    # A link only where one may look.
    link = f"/admin/orders/order/{order.pk}/inspection/#point-6"
    assert (link in shown.content.decode()) is (owner.user == anna.user)
    assert link in page(Visitor(company, company.lead), theirs).content.decode()


def test_the_same_photo_at_two_points_is_flagged_too(company: Company, anna: Visitor, order: Order) -> None:
    attach(company, order, 6, seed=5)
    attach(company, order, 9, seed=5)

    assert "the same file is at point 6" in text(page(anna, order))


# ── the verdict ───────────────────────────────────────────────────────────────────────────────────────────────


def version(order: Order) -> int:
    return Order.objects.values_list("version", flat=True).get(pk=order.pk)


@pytest.mark.parametrize(("missing", "name"), [("p28", "Point 28 “Условия” has no answer.")])
def test_27_of_28_have_no_verdict_and_do_not_pass(
    company: Company, anna: Visitor, order: Order, missing: str, name: str
) -> None:
    answer(company, order, answers(**{missing: ""}))
    attach_all(company, order)

    shown = page(anna, order)
    assert [one.text for one in shown.context["shown"].missing] == [name]
    found = press(anna, order, "inspection_verdict", verdict="remarks", remarks="x", version=version(order))
    assert found["errors"] == [name]
    refused = anna.post("order_route", order.pk, "complete_inspection", data={"version": version(order)})
    assert said(refused)[0] == name
    assert Order.objects.get(pk=order.pk).status == "under_inspection"


def test_28_without_one_photo_do_not_pass_either(company: Company, anna: Visitor, order: Order) -> None:
    answer(company, order, answers())
    attach_all(company, order, but=[9])

    found = press(anna, order, "inspection_verdict", verdict="remarks", remarks="x", version=version(order))
    assert found["errors"] == ["Point 9 “Стёкла и экран” lacks a photo."]
    refused = anna.post("order_route", order.pk, "complete_inspection", data={"version": version(order)})
    assert said(refused)[0] == "Point 9 “Стёкла и экран” lacks a photo."


def test_of_many_things_that_are_missing_the_first_are_said(anna: Visitor, order: Order) -> None:
    found = press(anna, order, "inspection_verdict", verdict="pass", remarks="", version=version(order))

    assert len(found["errors"]) == 6
    assert found["errors"][-1] == "… and 31 more."


def complete(company: Company, order: Order, **changed: str) -> None:
    answer(company, order, answers(**changed))
    attach_all(company, order)


def test_fit_is_not_offered_when_not_everything_is_the_norm(
    company: Company, anna: Visitor, order: Order
) -> None:
    complete(company, order)

    assert "not possible: not the norm are points 3" in text(page(anna, order))
    found = press(anna, order, "inspection_verdict", verdict="pass", remarks="", version=version(order))
    assert found["errors"] == ["Not everything is the norm (points 3): choose “fit, with remarks”."]


def test_a_verdict_on_a_page_that_is_older_than_the_order_is_refused(
    company: Company, anna: Visitor, order: Order
) -> None:
    complete(company, order)
    seen = version(order)
    answer(company, order, [GivenAnswer(25, "no", "not today")])

    found = press(anna, order, "inspection_verdict", verdict="remarks", remarks="x", version=seen)

    assert "has changed since you looked" in found["errors"][0]
    assert Inspection.objects.get().verdict == ""


def test_with_a_verdict_the_order_goes_on(company: Company, anna: Visitor, order: Order) -> None:
    complete(company, order)
    anna.post(
        "inspection_verdict",
        order.pk,
        data={"verdict": "remarks", "remarks": "No papers", "version": version(order)},
    )
    shown = page(anna, order)
    assert "No papers" in text(shown)
    assert shown.context["shown"].may_complete

    anna.post("order_route", order.pk, "complete_inspection", data={"version": version(order)})

    assert Order.objects.get(pk=order.pk).status == "awaiting_payment"


def test_not_fit_waits_for_a_lead_who_goes_on_with_a_reason(
    company: Company, anna: Visitor, lead: Visitor, order: Order
) -> None:
    complete(company, order, p25="no")
    conclude(company, order, "fail", remarks="The frame is bent")

    for_manager = page(anna, order)
    assert "A lead decides what becomes of the order." in text(for_manager)
    assert "inspection/decide/" not in for_manager.content.decode()
    found = press(anna, order, "inspection_decide", decision="go_on", reason="x", version=version(order))
    assert found["errors"] == ["Only a lead decides about goods that are not fit."]
    assert "inspection/decide/" in page(lead, order).content.decode()
    found = press(lead, order, "inspection_decide", decision="go_on", reason=" ", version=version(order))
    assert found["errors"] == ["Say why: the reason is required."]

    lead.post(
        "inspection_decide",
        order.pk,
        data={"decision": "go_on", "reason": "The client knows", "version": version(order)},
    )

    shown = page(anna, order)
    assert "The client knows" in text(shown)
    assert shown.context["shown"].may_complete
    assert Task.objects.get(kind="decide_inspection").status == "done"


def test_a_lead_has_goods_that_are_not_fit_inspected_again(
    company: Company, lead: Visitor, order: Order
) -> None:
    complete(company, order, p25="no")
    conclude(company, order, "fail", remarks="The frame is bent")

    press(lead, order, "inspection_decide", decision="again", reason="Look closer", version=version(order))

    assert Inspection.objects.get().verdict == ""
    assert not page(lead, order).context["shown"].may_complete


def test_a_lead_cancels_an_order_that_is_not_fit(company: Company, lead: Visitor, order: Order) -> None:
    complete(company, order, p25="no")
    conclude(company, order, "fail", remarks="The frame is bent")

    # The button of the same form that leads to the route.
    lead.post(
        "order_route",
        order.pk,
        "cancel",
        data={"version": version(order), "reason": "bent", "reason_code": "failed_inspection"},
    )

    found = Order.objects.get(pk=order.pk)
    assert (found.status, found.cancel_reason) == ("cancelled", "failed_inspection")


# ── who may not ───────────────────────────────────────────────────────────────────────────────────────────────

PRESSES = ("inspection_answer", "inspection_group", "inspection_verdict", "inspection_decide", "evidence_add")
LOOKS = ("order_inspection", "inspection_parts")


def test_the_inspection_of_another_manager_is_not_found(company: Company, order: Order) -> None:
    file = attach(company, order, 9, seed=1)
    boris = manager_visitor(company, company.manager("Boris"))

    for name in LOOKS:
        assert boris.get(name, order.pk).status_code == 404
    for name in PRESSES:
        assert boris.post(name, order.pk, data={"point": 7, "value": "yes", "seen": 0}).status_code == 404
    for name in ("evidence_original", "evidence_preview"):
        assert boris.get(name, order.pk, file.pk).status_code == 404
    for name in ("evidence_place", "evidence_remove"):
        assert boris.post(name, order.pk, file.pk).status_code == 404
    assert not InspectionAnswer.objects.exists()


def test_whoever_only_watches_changes_nothing(company: Company, order: Order) -> None:
    file = attach(company, order, 9, seed=1)
    visitor = observer(company)

    assert press(visitor, order, "inspection_answer", point=7, value="yes", seen=0)["errors"]
    assert press(visitor, order, "inspection_group", group="body")["errors"]
    assert press(visitor, order, "evidence_add", point=9, file=photo())["errors"]
    assert press(visitor, order, "evidence_remove", file.pk)["errors"]
    assert not InspectionAnswer.objects.exists()
    assert Evidence.objects.filter(removed_at__isnull=True).count() == 1
    # What one may see of the order one may see of its files.
    assert content_of(visitor.get("evidence_original", order.pk, file.pk))


def test_links_change_nothing_and_presses_of_other_sites_are_refused(
    company: Company, anna: Visitor, order: Order
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna.user, backend=BACKEND)
    for name in PRESSES:
        assert anna.get(name, order.pk).status_code == 405
        assert client.post(reverse(f"admin:{name}", args=[order.pk]), {"point": 7}).status_code == 403


def test_a_stranger_is_asked_to_log_in(company: Company, order: Order) -> None:
    file = attach(company, order, 9, seed=1)

    for name, args in (("order_inspection", ()), ("evidence_original", (file.pk,))):
        answered = Client().get(reverse(f"admin:{name}", args=[order.pk, *args]))
        assert answered.status_code == 302
        assert answered["Location"].startswith("/admin/login/")


# ── what it costs ─────────────────────────────────────────────────────────────────────────────────────────────


def queries_of(visitor: Visitor, order: Order) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert page(visitor, order).status_code == 200
    return len(captured)


def test_a_full_inspection_asks_as_much_as_an_empty_one(
    company: Company, anna: Visitor, order: Order
) -> None:
    page(anna, order)
    empty = queries_of(anna, order)
    complete(company, order, p25="no")
    for seed in range(20):
        attach(company, order, 6, seed=500 + seed)
    conclude(company, order, "fail", remarks="bent")
    full = queries_of(anna, order)

    # Once there is "not fit", the task of the lead.
    assert full - empty == 1
    for seed in range(20):
        attach(company, order, 9, seed=500 + seed)
    # Once a file is there twice: where, and whether one may look there. However many.
    assert queries_of(anna, order) - full <= 3


def test_more_urgent_orders_want_more(company: Company, anna: Visitor, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(severity=Severity.HIGH)

    shown = page(anna, order).context["shown"]

    # Authenticity (4) wants its photo of orders that are at least of high severity.
    assert "Point 4 “Подлинность” lacks a photo." in [one.text for one in shown.missing]


def test_the_answers_of_the_norm_are_those_of_the_template() -> None:
    assert set(NORM) == set(range(1, 29))


def test_time_goes_on(company: Company, anna: Visitor, order: Order) -> None:
    """Moments are said from now: an hour later the page still opens."""
    answer(company, order, [GivenAnswer(7, "yes")])
    company.now += 90 * MINUTE

    assert page(anna, order).status_code == 200
