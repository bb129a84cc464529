"""Terms of deals as versions: a draft is edited as people write, a published one never."""

from typing import Any

import pytest

from orders.models import FollowUpStep, Task, Terms
from orders.selectors.deals import terms_in_force
from tests.panel.test_deal_doors import in_english
from tests.panel.test_rules import draft_form
from tests.panel.visitor import Visitor, finance, manager_visitor, observer, said, text
from tests.stories.company import Company
from tests.stories.dealing import awaiting


def drafted(lead: Visitor) -> tuple[Terms, dict[str, Any]]:
    lead.post("terms_draft")
    draft = Terms.objects.get(published_at__isnull=True)
    return draft, draft_form(lead.get("orders_terms_change", draft.pk))


def steps(terms: Terms) -> list[tuple[int, int, str]]:
    return list(terms.steps.order_by("number").values_list("number", "delay", "channel"))


def test_a_draft_begins_as_a_copy_and_is_there_once(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    lead.post("terms_draft")

    assert draft.version == 2
    assert Terms.objects.count() == 2
    assert steps(draft) == [(1, 0, "phone"), (2, 86_400, "telegram"), (3, 172_800, "phone")]
    assert (given["tracking_every"], given["steps-0-delay"], given["steps-1-delay"]) == (
        *("2 дн.", "0"),
        "1 дн.",
    )
    assert terms_in_force().version == 1


def test_spans_are_written_as_people_say_them_and_steps_numbered_by_their_moments(
    company: Company, lead: Visitor
) -> None:
    draft, given = drafted(lead)
    given |= {
        "title": "Quicker",
        "tracking_every": "1 д 12 ч",
        "lead_after": "0",
        # The last one comes between the others now, and a new one after all of them.
        "steps-2-delay": "5 ч",
        "steps-TOTAL_FORMS": "4",
        "steps-3-delay": "3 d",
        "steps-3-within": "30 min",
        "steps-3-channel": "email",
        "steps-3-text": "{client}, the last time",
        "steps-3-terms": str(draft.pk),
    }

    lead.post("orders_terms_change", draft.pk, data=given)

    draft.refresh_from_db()
    assert (draft.title, draft.tracking_every, draft.lead_after) == ("Quicker", 129_600, 0)
    assert steps(draft) == [
        (1, 0, "phone"),
        (2, 18_000, "phone"),
        (3, 86_400, "telegram"),
        (4, 259_200, "email"),
    ]
    assert steps(Terms.objects.get(version=1)) == [
        (1, 0, "phone"),
        (2, 86_400, "telegram"),
        (3, 172_800, "phone"),
    ]


def test_a_step_is_taken_out(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)

    lead.post("orders_terms_change", draft.pk, data={**given, "steps-0-DELETE": "on"})

    assert steps(draft) == [(1, 86_400, "telegram"), (2, 172_800, "phone")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tracking_every", "30 min"),
        ("tracking_every", "soon"),
        ("approval_expires", "1 h"),
        ("approval_within", "0"),
    ],
)
def test_nonsense_is_refused_at_its_field(company: Company, lead: Visitor, name: str, value: str) -> None:
    draft, given = drafted(lead)

    page = lead.post("orders_terms_change", draft.pk, data={**given, name: value})

    assert list(page.context["adminform"].form.errors) == [name]
    assert Terms.objects.get(pk=draft.pk).tracking_every == 2 * 86_400


def test_two_steps_at_one_moment_are_refused(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)

    page = lead.post("orders_terms_change", draft.pk, data={**given, "steps-2-delay": "24 h"})

    (inline,) = page.context["inline_admin_formsets"]
    assert [list(errors) for errors in inline.formset.errors if errors] == [["delay"]]


def test_what_a_text_can_not_know_is_said_before_it_is_put_in_force(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    in_english()

    lead.post("orders_terms_change", draft.pk, data={**given, "steps-1-text": "{phone}, call us"})
    assert "Step 2 names what is not known of an order: phone." in text(
        lead.get("orders_terms_change", draft.pk)
    )
    page = lead.post("terms_publish", draft.pk)

    assert said(page) == ["Step 2 names what is not known of an order: phone."]
    assert terms_in_force().version == 1


def test_what_is_in_force_goes_for_what_comes_due_and_is_only_read(company: Company, lead: Visitor) -> None:
    company.manager("Anna")
    draft, given = drafted(lead)
    given |= {"steps-1-delay": "2 h", "steps-1-text": "Have you decided, {client}?"}
    lead.post("orders_terms_change", draft.pk, data=given)
    lead.post("terms_publish", draft.pk)
    order = awaiting(company)
    first = Task.objects.get(order=order, kind="follow_up")
    assert FollowUpStep.objects.get(pk=first.follow_up_id).terms_id == draft.pk

    page = lead.get("orders_terms_change", draft.pk)
    assert page.context["inline_admin_formsets"] == []
    assert not page.context["has_change_permission"]
    lead.post("orders_terms_change", draft.pk, data={**given, "title": "Another"})
    draft.refresh_from_db()
    assert draft.title != "Another"
    assert lead.post("orders_terms_delete", draft.pk, data={"post": "yes"}).status_code == 403


def test_only_leads_draft_and_publish_and_managers_read(company: Company, lead: Visitor) -> None:
    draft, given = drafted(lead)
    anna = manager_visitor(company, company.manager("Anna"))
    for visitor in (anna, finance(company), observer(company)):
        assert visitor.get("orders_terms_change", draft.pk).status_code == 200
        assert visitor.post("terms_draft").status_code == 403
        assert visitor.post("terms_publish", draft.pk).status_code == 403
        assert visitor.post("orders_terms_change", draft.pk, data=given).status_code == 403
    draft.refresh_from_db()
    assert draft.published_at is None
