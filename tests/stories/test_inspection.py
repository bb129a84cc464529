"""From the acceptance to the verdict and on: what is missing is named at each step, and nothing passes without it."""

from datetime import timedelta

import pytest

from core import actors
from core.models import Message
from core.refusals import NotAllowed
from orders import gate
from orders.models import Inspection, InspectionAnswer, InspectionVerdict, Order, Task
from orders.selectors import InspectionView, inspection_view
from orders.services import (
    GivenAnswer,
    InspectionRefused,
    contact_add,
    evidence_place,
    evidence_remove,
    inspection_answer,
    inspection_answer_group,
    inspection_decide,
    inspection_verdict,
    order_set_severity,
)
from tests.stories.company import HOUR, MINUTE, Company, owner_of
from tests.stories.inspecting import (
    EXCEPTIONS,
    PHOTOS,
    UNTOUCHED,
    answer,
    answers,
    attach,
    attach_all,
    attach_each,
    complete,
    conclude,
    step,
    under_inspection,
)


def view_of(order: Order) -> InspectionView:
    view = inspection_view(order.pk)
    assert view is not None
    return view


def refusal_of(order: Order, company: Company, verdict: str, remarks: str = "") -> InspectionRefused:
    with pytest.raises(InspectionRefused) as refused:
        conclude(company, order, verdict, remarks=remarks)
    return refused.value


def whole(company: Company, external_id: str = "A-1", **changed: str) -> Order:
    """Everything answered and attached, no verdict yet."""
    order = under_inspection(company, external_id)
    answer(company, order, answers(**changed))
    attach_all(company, order)
    return order


# ── the way of an order ──


def test_an_inspection_goes_from_the_acceptance_to_the_client(company: Company) -> None:
    anna = company.manager("Anna")
    order = under_inspection(company)
    assert step(order) == ("contact_seller", ["contact"])

    company.go(10 * MINUTE)
    contact_add(
        order_id=order.pk,
        whom="seller",
        channel="phone",
        outcome="agreed",
        actor=company.actor(anna),
        now=company.now,
    )
    assert step(order) == ("fill_inspection", [f"point:{n}" for n in range(1, 29)])

    answer(company, order, [given for given in answers() if given.point not in (7, 27)])
    assert step(order) == ("fill_inspection", ["point:7", "point:27"])
    answer(company, order, [GivenAnswer(7, "yes"), GivenAnswer(27, "98 500")])
    assert step(order) == ("attach_evidence", [f"file:{point}" for point in PHOTOS])

    attach_each(company, order, but=[6])
    assert step(order) == ("attach_evidence", ["file:6"])
    attach(company, order, 6, seed=1)
    assert step(order) == ("attach_evidence", ["file:6"])
    attach(company, order, 6, seed=2)
    assert step(order) == ("complete_inspection", ["verdict"])

    conclude(company, order, "remarks", remarks="No papers")
    assert step(order) == ("complete_inspection", [])
    assert complete(company, order).status == "awaiting_payment"
    assert step(order) == ("follow_up_client", ["follow_up:1", "client_decision"])
    inspection = Inspection.objects.get()
    assert (inspection.points_open, inspection.proof_open) == ([], [])
    assert (inspection.verdict, inspection.ended_at) == ("remarks", company.now)
    assert company.audit() == {}


def test_the_verdict_and_the_first_answer_are_movement(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    company.go(HOUR)

    answer(company, order, [GivenAnswer(7, "yes")])

    order.refresh_from_db()
    assert order.moved_at == company.now


def test_whoever_begins_to_answer_has_talked_to_the_seller(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    answer(company, order, [GivenAnswer(7, "yes")])

    assert step(order)[0] == "fill_inspection"


def test_an_answer_is_kept_with_who_when_and_by_which_door(company: Company) -> None:
    anna = company.manager("Anna")
    order = under_inspection(company)

    answer(company, order, [GivenAnswer(18, "12 500,50", remark=" By the counter ")])

    kept = InspectionAnswer.objects.get()
    assert (kept.value, kept.remark, kept.is_normal, kept.in_bulk) == (
        "12500.5",
        "By the counter",
        True,
        False,
    )
    assert (kept.by_id, kept.door, kept.at) == (anna.user_id, "bot", company.now)


def test_a_group_is_answered_by_its_norm_where_it_has_one(company: Company) -> None:
    anna = company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, [GivenAnswer(20, "yes")])

    done = inspection_answer_group(
        order_id=order.pk, group="wear", actor=company.actor(anna), now=company.now
    )

    # 18 wants a number; 20 was answered before.
    assert done == [17, 19]
    given = {point.number: point.answer for point in view_of(order).group("wear").points if point.answer}
    assert {n: (a.value, a.in_bulk) for n, a in given.items()} == {
        17: ("new", True),
        19: ("no", True),
        20: ("yes", False),
    }
    for group, code in (("wear", "nothing_to_answer"), ("engine", "unknown_group")):
        with pytest.raises(InspectionRefused) as refused:
            inspection_answer_group(
                order_id=order.pk, group=group, actor=company.actor(anna), now=company.now
            )
        assert refused.value.code == code


def test_one_bad_answer_of_several_refuses_all_and_each_is_named(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    given = [
        GivenAnswer(1, "yes"),
        GivenAnswer(2, "  "),
        GivenAnswer(3, "lost"),
        GivenAnswer(18, "many"),
        GivenAnswer(19, "no", remark="x" * 1001),
        GivenAnswer(29, "yes"),
    ]

    with pytest.raises(InspectionRefused) as refused:
        answer(company, order, given)

    assert [(error.point, error.code) for error in refused.value.errors] == [
        (2, "bad_value"),
        (3, "bad_value"),
        (18, "bad_value"),
        (19, "too_long"),
        (29, "unknown_point"),
    ]
    assert not InspectionAnswer.objects.exists()


# ── the verdict ──


def test_a_verdict_before_the_end_names_every_point_that_is_open(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    answer(company, order, answers(p7=""))
    attach_all(company, order, but=[21])

    refused = refusal_of(order, company, "remarks", "No papers")

    assert refused.code == "incomplete"
    assert [(error.point, error.lacks) for error in refused.errors] == [(7, "point:7"), (21, "file:21")]
    assert refused.lacks() == ["point:7", "file:21"]
    assert view_of(order).verdict is None


def test_what_is_not_the_norm_does_not_pass_without_remarks(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)

    assert refusal_of(order, company, "pass").code == "has_exceptions"
    assert str(EXCEPTIONS[0]) in str(refusal_of(order, company, "pass"))
    assert refusal_of(order, company, "remarks", " ").code == "remarks_required"
    assert refusal_of(order, company, "fail").code == "remarks_required"
    assert refusal_of(order, company, "maybe", "?").code == "unknown_verdict"
    assert refusal_of(order, company, "remarks", "x" * 2001).code == "too_long"
    answer(company, order, [GivenAnswer(3, "receipt")])
    # The receipt wants a photo.
    assert refusal_of(order, company, "pass").lacks() == ["file:3"]
    attach(company, order, 3, seed=3)
    conclude(company, order, "pass", remarks="")
    assert complete(company, order).status == "awaiting_payment"


def test_the_same_verdict_said_twice_is_one(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)

    conclude(company, order, "fail", remarks="Bent")
    company.go(MINUTE)
    conclude(company, order, "fail", remarks="Bent")

    assert InspectionVerdict.objects.count() == 1
    assert Message.objects.filter(template="inspection_failed").count() == 1
    conclude(company, order, "fail", remarks="Bent and burnt")
    assert InspectionVerdict.objects.filter(replaced_at=company.now).count() == 1


def test_another_answer_takes_the_verdict_back_and_the_same_one_does_not(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)
    conclude(company, order)

    answer(company, order, [GivenAnswer(7, "yes"), GivenAnswer(18, "12500,0")])
    assert step(order) == ("complete_inspection", [])

    company.go(MINUTE)
    answer(company, order, [GivenAnswer(7, "no")])
    # A gap that is not the norm wants a photo.
    assert step(order) == ("attach_evidence", ["file:7"])
    assert view_of(order).verdict is None
    replaced = InspectionVerdict.objects.get()
    assert (replaced.verdict, replaced.replaced_at) == ("remarks", company.now)
    values = (
        InspectionAnswer.objects.filter(item__number=7).order_by("pk").values_list("value", "replaced_at")
    )
    assert list(values) == [("yes", company.now), ("no", None)]


def test_words_added_to_an_answer_are_another_answer(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)
    conclude(company, order)

    answer(company, order, [GivenAnswer(7, "yes", remark="One screw is new")])

    assert step(order) == ("complete_inspection", ["verdict"])


# ── not fit ──


def failed(company: Company) -> Order:
    order = whole(company)
    conclude(company, order, "fail", remarks="The frame is bent")
    return order


def test_goods_that_are_not_fit_are_a_leads_to_decide_within_four_hours(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)

    assert step(order) == ("complete_inspection", ["lead_decision"])
    assert (order.next_action_whose, order.next_action_user) == ("person", company.lead)
    assert order.next_action_due == company.now + 4 * HOUR
    task = Task.objects.get()
    assert (task.kind, task.owner, task.status) == ("decide_inspection", company.lead, "open")
    assert task.due_at == company.now + timedelta(hours=4)
    assert company.told(company.lead) == ["inspection_failed"]
    with pytest.raises(gate.RouteRefused) as refused:
        complete(company, order)
    assert refused.value.lacks() == ["lead_decision"]
    assert company.audit() == {}


def decide(company: Company, order: Order, decision: str, reason: str = "The client knows") -> None:
    inspection_decide(
        order_id=order.pk,
        decision=decision,
        reason=reason,
        actor=company.actor(company.lead),
        now=company.now,
    )
    company.commit()


def test_a_lead_lets_it_go_on_all_the_same(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)

    decide(company, order, "go_on")

    assert step(order) == ("complete_inspection", [])
    assert (order.next_action_user, Task.objects.get().status) == (order.assigned_manager, "done")
    verdict = view_of(order).verdict
    assert (verdict.decision, verdict.decision_reason, verdict.decided_by) == (
        "go_on",
        "The client knows",
        company.lead,
    )
    assert complete(company, order).status == "awaiting_payment"
    assert company.audit() == {}


def test_a_lead_has_it_inspected_again(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)

    decide(company, order, "again")

    assert step(order) == ("complete_inspection", ["verdict"])
    assert (order.next_action_user, Task.objects.get().status) == (order.assigned_manager, "done")
    verdict = InspectionVerdict.objects.get()
    assert (verdict.decision, verdict.replaced_at) == ("again", company.now)
    conclude(company, order, "fail", remarks="Still bent")
    assert Task.objects.filter(status="open").count() == 1


def test_a_lead_cancels_it_and_nothing_is_left_open(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)

    company.cancel(order, reason="failed_inspection")

    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("cancelled", company.now)
    assert Task.objects.get().status == "done"
    assert Inspection.objects.get().ended_at == company.now
    assert company.audit() == {}


def test_a_new_answer_leaves_a_lead_nothing_to_decide(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)

    answer(company, order, [GivenAnswer(18, "13000")])

    assert step(order) == ("complete_inspection", ["verdict"])
    assert Task.objects.get().status == "cancelled"
    with pytest.raises(InspectionRefused, match=r"."):
        decide(company, order, "go_on")


@pytest.mark.parametrize(
    ("decision", "reason", "code"),
    [
        ("perhaps", "Why not", "unknown_decision"),
        ("go_on", " ", "reason_required"),
        ("again", "x" * 1001, "too_long"),
    ],
)
def test_a_decision_is_one_of_two_and_says_why(
    company: Company, decision: str, reason: str, code: str
) -> None:
    company.manager("Anna")
    order = failed(company)

    with pytest.raises(InspectionRefused) as refused:
        decide(company, order, decision, reason)

    assert refused.value.code == code
    assert step(order) == ("complete_inspection", ["lead_decision"])


def test_there_is_nothing_to_decide_about_goods_that_are_fit_or_twice(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)
    conclude(company, order)
    for verdict in ("", "fail"):
        if verdict:
            conclude(company, order, verdict, remarks="Bent")
            decide(company, order, "go_on")
        with pytest.raises(InspectionRefused) as refused:
            decide(company, order, "again")
        assert refused.value.code == "no_fail_to_decide"


def test_the_manager_does_not_decide(company: Company) -> None:
    anna = company.manager("Anna")
    order = failed(company)

    with pytest.raises(NotAllowed):
        inspection_decide(
            order_id=order.pk,
            decision="go_on",
            reason="I like it",
            actor=company.actor(anna),
            now=company.now,
        )


# ── what changes on the way ──


def test_a_raised_severity_wants_more_files(company: Company) -> None:
    company.manager("Anna")
    order = whole(company)
    conclude(company, order)

    order_set_severity(
        order_id=order.pk,
        severity="high",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    assert step(order) == ("attach_evidence", ["file:4"])
    order_set_severity(
        order_id=order.pk,
        severity="critical",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    # Point 11 wants a video.
    assert step(order) == ("attach_evidence", ["file:4", "file:11"])
    with pytest.raises(gate.RouteRefused) as refused:
        complete(company, order)
    assert refused.value.lacks() == ["file:4", "file:11"]
    order_set_severity(
        order_id=order.pk,
        severity="normal",
        actor=company.actor(company.lead),
        seen_version=None,
        now=company.now,
    )
    assert step(order) == ("complete_inspection", [])


def test_an_urgent_order_wants_more_files_from_the_beginning(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company, severity="critical")

    assert Inspection.objects.get().proof_open == sorted([*PHOTOS, 4, 11])
    assert [point.number for point in view_of(order).points if point.needs_files] == sorted([*PHOTOS, 4, 11])


def test_the_next_manager_goes_on_with_the_answers_and_gives_a_verdict_of_their_own(company: Company) -> None:
    company.manager("Anna")
    order = failed(company)
    company.manager("Boris")

    company.return_to_queue(order)
    assert owner_of(order) == "Boris"
    assert Task.objects.get().status == "cancelled"
    company.accept(order)

    assert step(order) == ("complete_inspection", ["verdict"])
    view = view_of(order)
    assert (view.inspection.number, view.answered, view.files_missing) == (1, 28, 0)
    conclude(company, order)
    assert complete(company, order).status == "awaiting_payment"
    assert Inspection.objects.count() == 1
    assert company.audit() == {}


def test_a_file_that_is_taken_away_or_moved_counts_no_more(company: Company) -> None:
    anna = company.manager("Anna")
    order = whole(company)
    conclude(company, order)
    by = {"actor": company.actor(anna), "now": company.now}
    photo = view_of(order).point(21).files[0]

    evidence_place(evidence_id=photo.pk, point=22, **by)
    assert step(order) == ("attach_evidence", ["file:21"])
    evidence_place(evidence_id=photo.pk, point=21, **by)
    assert step(order) == ("complete_inspection", [])
    evidence_place(evidence_id=photo.pk, point=None, **by)
    assert [file.pk for file in view_of(order).unplaced] == [photo.pk]
    evidence_place(evidence_id=photo.pk, point=21, **by)
    evidence_remove(evidence_id=photo.pk, **by)
    evidence_remove(evidence_id=photo.pk, **by)
    assert step(order) == ("attach_evidence", ["file:21"])
    photo.refresh_from_db()
    assert (photo.removed_by, photo.removed_at) == (anna.user, company.now)
    company.commit()
    assert company.audit() == {}


def test_what_has_ended_is_not_changed(company: Company) -> None:
    anna = company.manager("Anna")
    order = whole(company)
    conclude(company, order)
    photo = view_of(order).point(21).files[0]
    complete(company, order)
    by = {"actor": company.actor(anna), "now": company.now}

    for attempt in (
        lambda: inspection_answer(order_id=order.pk, answers=[GivenAnswer(7, "no")], **by),
        lambda: inspection_answer_group(order_id=order.pk, group="wear", **by),
        lambda: inspection_verdict(order_id=order.pk, verdict="pass", **by),
        lambda: evidence_remove(evidence_id=photo.pk, **by),
        lambda: evidence_place(evidence_id=photo.pk, point=22, **by),
        lambda: attach(company, order, 21, seed=5),
    ):
        with pytest.raises(InspectionRefused) as refused:
            attempt()
        assert refused.value.code == "no_inspection"
    assert view_of(order).is_current is False


@pytest.mark.parametrize("who", ["stranger", "agent", "rop"])
def test_somebody_elses_inspection_is_not_ones_to_fill_in(company: Company, who: str) -> None:
    company.manager("Anna")
    order = whole(company)
    photo = view_of(order).point(21).files[0]
    actor = {
        "stranger": lambda: company.actor(company.manager("Boris")),
        "agent": lambda: actors.agent(1),
        "rop": actors.rop,
    }[who]()
    by = {"actor": actor, "now": company.now}

    for attempt in (
        lambda: inspection_answer(order_id=order.pk, answers=[GivenAnswer(7, "no")], **by),
        lambda: inspection_answer_group(order_id=order.pk, group="wear", **by),
        lambda: inspection_verdict(order_id=order.pk, verdict="remarks", remarks="None", **by),
        lambda: inspection_decide(order_id=order.pk, decision="go_on", reason="Mine", **by),
        lambda: evidence_remove(evidence_id=photo.pk, **by),
        lambda: evidence_place(evidence_id=photo.pk, point=22, **by),
        lambda: contact_add(order_id=order.pk, whom="seller", channel="phone", outcome="reached", **by),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert step(order) == ("complete_inspection", ["verdict"])


def test_a_lead_may_do_all_of_it_for_the_manager(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)
    by = {"actor": company.actor(company.lead), "now": company.now}

    inspection_answer(order_id=order.pk, answers=answers(), **by)
    attach_all(company, order)
    inspection_verdict(order_id=order.pk, verdict="remarks", remarks="No papers", **by)

    assert complete(company, order, by=company.lead).status == "awaiting_payment"


def test_what_the_gate_misses_in_an_inspection_that_has_just_begun(company: Company) -> None:
    company.manager("Anna")
    order = under_inspection(company)

    with pytest.raises(gate.RouteRefused) as refused:
        complete(company, order)

    assert refused.value.lacks() == [*UNTOUCHED]
