"""Files of an inspection: where they belong, what they prove, and whether they were there before."""

from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from core.models import Entry, Message
from core.refusals import NotAllowed
from orders.evidence_files import open_kept
from orders.models import Evidence, Order, StatusEvent
from orders.selectors import evidence_visible_to, inspection_view
from orders.services import (
    EvidenceRefused,
    GivenFile,
    InspectionRefused,
    evidence_add,
    evidence_add_all,
    evidence_place,
    evidence_remove,
    order_route,
)
from orders.services.evidence import FILES_AT_MOST
from orders.services.stages import stage_changed
from orders.statuses import Status
from tests.factories import EvidenceFactory
from tests.stories.company import MINUTE, Company
from tests.stories.dealing import awaiting, finance
from tests.stories.inspecting import (
    answer,
    answers,
    attach,
    attach_all,
    complete,
    conclude,
    owners,
    photo,
    under_inspection,
)


def add(company: Company, order: Order, **more: Any) -> Evidence:
    given = {"content": photo(1), "name": "1.png", **more}
    return evidence_add(order_id=order.pk, actor=owners(company, order), now=company.now, **given)


def test_a_file_is_kept_with_what_it_is_and_who_brought_it(company: Company) -> None:
    anna = company.manager("Anna")
    order = under_inspection(company)

    file = add(company, order, name="Общий вид.png", point=1)

    file.refresh_from_db()
    assert (file.kind, file.content_type, file.size, file.name) == (
        "photo",
        "image/png",
        len(photo(1)),
        "Общий вид.png",
    )
    assert (file.item.number, file.added_by, file.door, file.at) == (1, anna.user, "bot", company.now)
    with open_kept(file.stored_as) as kept, open_kept(file.preview_as) as preview:
        assert (kept.read(), preview.read(3)) == (photo(1), b"\xff\xd8\xff")
    entry = Entry.objects.get(kind="command.evidence_add")
    assert entry.output == {
        "inspection": file.inspection_id,
        "evidence": file.pk,
        "kind": "photo",
        "point": 1,
        "repeats": None,
    }


def test_the_same_file_in_the_same_place_is_there_once(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    first, again = add(company, order, point=1), add(company, order, point=1, name="again.png")

    assert (again.pk, Evidence.objects.count()) == (first.pk, 1)
    assert Entry.objects.filter(kind="command.evidence_add").count() == 1


def test_a_file_that_was_taken_away_can_be_attached_anew(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    first = add(company, order, point=1)
    evidence_remove(evidence_id=first.pk, actor=owners(company, order), now=company.now)

    again = add(company, order, point=1)

    assert (again.pk != first.pk, again.repeats) == (True, None)
    assert list(evidence_visible_to(owners(company, order))) == [again]


# ── the same file again ──


def repeated(company: Company) -> list[tuple[str, int]]:
    """Who was told of which file."""
    told = Message.objects.filter(template="evidence_repeated").order_by("pk")
    return [(message.person.first_name, message.context["evidence"]) for message in told]


def test_a_file_of_another_order_is_flagged_and_the_lead_is_told(company: Company) -> None:
    company.manager("Anna")
    first = add(company, under_inspection(company, "A-1"), point=1)

    second = add(company, under_inspection(company, "A-2"), point=6)
    third = add(company, under_inspection(company, "A-3"))

    assert (first.repeats, second.repeats, third.repeats) == (None, first, first)
    assert repeated(company) == [("Olga", second.pk), ("Olga", third.pk)]
    assert Entry.objects.filter(kind="command.evidence_add", output__repeats=first.pk).count() == 2


def test_an_album_knows_what_is_in_it_twice_and_what_was_elsewhere(company: Company) -> None:
    company.manager("Anna")
    elsewhere = add(company, under_inspection(company, "A-1"), content=photo(9))
    order = under_inspection(company, "A-2")
    album = [
        GivenFile(photo(1), "at-1.png", 1),
        GivenFile(photo(1), "at-1-again.png", 1),
        GivenFile(photo(1), "at-2.png", 2),
        GivenFile(photo(9), "elsewhere.png", 2),
        GivenFile(photo(2), "new.png", 2),
    ]

    first, again, at_two, like, new = evidence_add_all(
        order_id=order.pk, files=album, actor=owners(company, order), now=company.now
    )

    assert again.pk == first.pk
    assert first.pk < at_two.pk < like.pk < new.pk
    kept = dict(Evidence.objects.filter(order=order).values_list("pk", "repeats"))
    assert kept == {first.pk: None, at_two.pk: first.pk, like.pk: elsewhere.pk, new.pk: None}
    assert repeated(company) == [("Olga", at_two.pk), ("Olga", like.pk)]


def test_a_file_at_two_points_is_flagged_however_it_came_there(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    by = {"actor": owners(company, order), "now": company.now}
    waiting = add(company, order)

    at_one = add(company, order, point=1)
    assert at_one.repeats is None
    placed = evidence_place(evidence_id=waiting.pk, point=2, **by)
    assert (placed.pk, placed.repeats) == (waiting.pk, at_one)
    assert repeated(company) == [("Olga", waiting.pk)]
    # Where it is already it has nothing to add.
    assert evidence_place(evidence_id=waiting.pk, point=1, **by).pk == at_one.pk
    waiting.refresh_from_db()
    assert waiting.removed_at == company.now


def test_the_first_one_is_not_blamed_for_those_that_came_after_it(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company, "A-1")
    first = add(company, order)
    add(company, under_inspection(company, "A-2"), point=1)

    placed = evidence_place(evidence_id=first.pk, point=1, actor=owners(company, order), now=company.now)

    assert placed.repeats is None


def test_a_lead_who_attaches_it_is_not_told(company: Company) -> None:
    company.manager("Anna")
    add(company, under_inspection(company, "A-1"))
    order = under_inspection(company, "A-2")

    evidence_add(
        order_id=order.pk, content=photo(1), name="1.png", actor=company.actor(company.lead), now=company.now
    )

    assert Evidence.objects.filter(repeats__isnull=False).count() == 1
    assert repeated(company) == []


def inspected_again(company: Company) -> tuple[Order, Evidence]:
    """An order that came back from the client to be inspected once more, and a photo of the first time."""
    order = under_inspection(company)
    answer(company, order, answers())
    attach_all(company, order)
    old = attach(company, order, 7, seed=1)
    conclude(company, order)
    complete(company, order)
    # The route waits for an approval: here the order goes it by hand.
    order.refresh_from_db()
    company.go(MINUTE)
    return _came_back(company, order), old


def _came_back(company: Company, order: Order) -> Order:
    order.__dict__["status"] = Status.UNDER_INSPECTION
    order.status_sequence += 1
    order.status_since = company.now
    order.save_facts("status", "status_sequence", "status_since", now=company.now)
    StatusEvent.objects.create(
        order=order,
        sequence=order.status_sequence,
        route="reinspect",
        from_status=Status.AWAITING_PAYMENT,
        to_status=Status.UNDER_INSPECTION,
        actor_kind="person",
        door="shell",
        at=company.now,
    )
    stage_changed(
        order, came_from=Status.AWAITING_PAYMENT, actor=company.actor(company.lead), now=company.now
    )
    company.commit()
    return order


def test_a_second_inspection_begins_empty_and_flags_the_photos_of_the_first(company: Company) -> None:
    company.manager("Anna")
    order, old = inspected_again(company)

    view = inspection_view(order.pk)
    assert (view.inspection.number, view.answered, view.is_current) == (2, 0, True)
    again = attach(company, order, 7, seed=1)

    assert (again.pk != old.pk, again.repeats) == (True, old)
    assert again.inspection.number == 2
    with pytest.raises(InspectionRefused) as refused:
        evidence_remove(evidence_id=old.pk, actor=owners(company, order), now=company.now)
    assert refused.value.code == "no_inspection"


# ── what is not taken ──


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": b""}, "empty"),
        ({"content": b"<svg/>", "name": "photo.jpg"}, "not_allowed"),
        ({"name": "photo.jpg"}, "wrong_extension"),
        ({"content": photo(1)[:40]}, "broken"),
        ({"purpose": "holiday"}, "unknown_purpose"),
    ],
)
def test_what_is_no_evidence_is_refused_and_leaves_nothing(
    company: Company, given: dict[str, Any], code: str
) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    with pytest.raises(EvidenceRefused) as refused:
        add(company, order, **given)

    assert (refused.value.code, bool(str(refused.value))) == (code, True)
    assert not Evidence.objects.exists()
    assert Entry.objects.get(kind="command.evidence_add").output["code"] == code


def test_there_is_no_point_29(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    file = add(company, order)

    for attempt in (
        lambda: add(company, order, content=photo(2), point=29),
        lambda: add(company, order, content=photo(2), point=1, purpose="claim"),
        lambda: evidence_place(evidence_id=file.pk, point=29, actor=owners(company, order), now=company.now),
    ):
        with pytest.raises(InspectionRefused) as refused:
            attempt()
        assert refused.value.code == "unknown_point"


def test_an_order_has_sixty_files_at_most(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    for _ in range(FILES_AT_MOST - 2):
        EvidenceFactory(order=order)
    EvidenceFactory(order=order, removed=True)
    add(company, order, content=photo(1))
    last = add(company, order, content=photo(2))

    with pytest.raises(EvidenceRefused) as refused:
        add(company, order, content=photo(3))

    assert (FILES_AT_MOST, refused.value.code) == (60, "too_many_files")
    # What is there already is no file more.
    assert add(company, order, content=photo(2)).pk == last.pk


def test_files_for_other_purposes_need_no_inspection(company: Company) -> None:
    company.manager("Anna")
    order = company.order()

    file = add(company, order, purpose="claim")

    assert (file.inspection, file.item, file.purpose) == (None, None, "claim")
    with pytest.raises(InspectionRefused) as refused:
        add(company, order)
    assert refused.value.code == "no_inspection"
    evidence_remove(evidence_id=file.pk, actor=owners(company, order), now=company.now)
    order_route(
        order_id=order.pk, route="accept", actor=owners(company, order), seen_version=None, now=company.now
    )
    company.cancel(order)
    with pytest.raises(EvidenceRefused) as closed:
        add(company, order, purpose="claim")
    assert closed.value.code == "order_closed"


def test_whoever_may_not_act_on_the_order_is_told_so_before_the_file_is_opened(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    stranger = company.actor(company.manager("Boris"))

    with pytest.raises(NotAllowed):
        evidence_add(order_id=order.pk, content=b"", name="", actor=stranger, now=company.now)


def test_whoever_records_payments_brings_their_papers_and_nothing_else(company: Company) -> None:
    anna = company.manager("Anna")
    order = awaiting(company)
    fyodor = company.actor(finance(company))

    def bring(purpose: str) -> Evidence:
        return evidence_add(
            order_id=order.pk,
            content=photo(7),
            name="bill.png",
            purpose=purpose,
            actor=fyodor,
            now=company.now,
        )

    bill = bring("payment")

    assert (bill.purpose, bill.inspection, bill.added_by_id) == ("payment", None, fyodor.user_id)
    assert bill in evidence_visible_to(company.actor(anna))
    for purpose in ("inspection", "delivery", "claim", "other", "holiday"):
        with pytest.raises(NotAllowed):
            bring(purpose)
    evidence_remove(evidence_id=bill.pk, actor=fyodor, now=company.now)
    bill.refresh_from_db()
    assert bill.removed_by_id == fyodor.user_id


def test_a_manager_brings_no_papers_of_a_payment_to_an_order_of_another(company: Company) -> None:
    company.manager("Anna")
    order = awaiting(company)
    boris = company.actor(company.manager("Boris"))

    with pytest.raises(NotAllowed):
        evidence_add(
            order_id=order.pk, content=photo(7), name="", purpose="payment", actor=boris, now=company.now
        )


@pytest.fixture
def committed(transactional_db: None) -> Company:
    return Company()


def test_of_two_that_come_at_once_the_second_sees_the_first(committed: Company) -> None:
    committed.manager("Anna")
    first, second = under_inspection(committed, "A-1"), under_inspection(committed, "A-2")
    adding, waiting, added = Event(), Event(), []

    def attach_elsewhere() -> None:
        adding.wait(30)
        added.append(add(committed, second))
        connection.close()

    other = Thread(target=attach_elsewhere)
    other.start()
    with transaction.atomic():
        earlier = add(committed, first)
        adding.set()
        # Long enough for the other to open its file and to come to the lock, or to go past where one ought to be.
        waiting.wait(2)
    other.join(30)

    assert [file.repeats_id for file in added] == [earlier.pk]
