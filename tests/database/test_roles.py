"""What each role of people may do, as the migrations granted it."""

from collections import Counter

import pytest
from django.contrib.auth.models import Group, Permission

from core import actors, roles
from core.actors import Door
from core.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DEAL = (
    *("approval", "clientdecision", "pricechange", "payment", "payout", "logistics", "trackingcheck"),
    *("claim", "blocker", "opinion"),
)
TERMS = {"orders.view_terms", "orders.view_followupstep"}
SEEN_BY_READERS = {
    *(f"orders.view_{fact}" for fact in DEAL),
    *TERMS,
    "core.view_user",
    "core.view_team",
    "core.view_calendar",
    "core.view_entry",
    "core.view_duty",
    "orders.see_all",
    "orders.view_order",
    "orders.view_statusevent",
    "orders.view_route",
    "orders.view_task",
    "orders.view_note",
    "orders.view_inspectiontemplate",
    "orders.view_inspectionitem",
    "orders.view_inspection",
    "orders.view_inspectionmeasure",
    "orders.view_evidence",
    "orders.view_contact",
    "orders.view_approval",
    "orders.view_opinion",
    "orders.view_clientdecision",
    "orders.view_pricechange",
    "orders.view_payment",
    "orders.view_payout",
    "orders.view_logistics",
    "orders.view_trackingcheck",
    "orders.view_blocker",
    "orders.view_claim",
    "orders.view_terms",
    "orders.view_followupstep",
    "assignment.view_manager",
    "assignment.view_managerload",
    "assignment.view_weeklyshift",
    "assignment.view_shift",
    "assignment.view_absence",
    "assignment.view_weighttable",
    "assignment.view_snapshot",
    "assignment.view_assignment",
    "sla.view_matrix",
    "sla.view_rule",
    "sla.view_clock",
    "sla.view_violation",
    "sla.view_rung",
    "sla.view_stuckrule",
    "rop.view_escalation",
    "rop.view_snooze",
    "rop.view_proposal",
}
SEEN_BY_LEADS = {
    "core.view_message",
    "core.view_telegramlink",
    "core.view_chatgroup",
    "core.view_heartbeat",
    "core.view_apikey",
    "rop.view_quarantine",
    "rop.view_audit",
    "telegram_bot.view_update",
}
DONE_BY_LEADS = {
    "core.connect_group",
    "orders.act_on_any",
    "orders.act_on_own",
    "orders.assign",
    "orders.intake",
    "orders.add_task",
    "orders.add_note",
    "orders.add_inspectiontemplate",
    "orders.change_inspectiontemplate",
    "orders.add_inspectionitem",
    "orders.change_inspectionitem",
    "orders.delete_inspectionitem",
    "orders.decide_approval",
    "orders.add_terms",
    "orders.change_terms",
    "orders.add_followupstep",
    "orders.change_followupstep",
    "orders.delete_followupstep",
    "core.change_message",
    "core.add_duty",
    "core.delete_duty",
    "rop.escalate",
    "core.add_calendar",
    "core.change_calendar",
    "assignment.add_manager",
    "assignment.change_manager",
    "assignment.add_weeklyshift",
    "assignment.change_weeklyshift",
    "assignment.delete_weeklyshift",
    "assignment.add_shift",
    "assignment.change_shift",
    "assignment.delete_shift",
    "assignment.add_absence",
    "assignment.change_absence",
    "assignment.delete_absence",
    "assignment.add_weighttable",
    "sla.add_rung",
    "sla.change_rung",
    "sla.delete_rung",
    "sla.add_stuckrule",
    "sla.change_stuckrule",
    "sla.delete_stuckrule",
    "sla.add_matrix",
    "sla.change_matrix",
    "sla.delete_matrix",
    "sla.add_rule",
    "sla.change_rule",
    "sla.delete_rule",
}
EXPECTED = {
    roles.LEAD: SEEN_BY_READERS | SEEN_BY_LEADS | DONE_BY_LEADS,
    roles.MANAGER: {
        "orders.act_on_own",
        "orders.view_order",
        "orders.view_inspectiontemplate",
        "orders.view_inspectionitem",
        "orders.view_approval",
        *TERMS,
    },
    roles.FINANCE: SEEN_BY_READERS | {"orders.record_payment", "orders.add_payment"},
    roles.OBSERVER: SEEN_BY_READERS,
    roles.DECIDER: {
        "orders.see_all",
        "orders.view_order",
        "orders.decide_approval",
        *(f"orders.view_{fact}" for fact in DEAL),
    },
}


def test_the_groups_are_the_roles() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.ROLES) == set(EXPECTED)


@pytest.mark.parametrize("role", EXPECTED)
def test_a_role_may_do_exactly_this(role: str) -> None:
    user = UserFactory(roles=[role])
    assert actors.person(User.objects.get(pk=user.pk), door=Door.ADMIN).permissions == EXPECTED[role]


def test_permissions_are_those_that_django_makes() -> None:
    """Made by our migrations before Django would make them: once each, and under the same name."""
    found = list(Permission.objects.select_related("content_type"))
    assert set(Counter((p.content_type_id, p.codename) for p in found).values()) == {1}
    for permission in found:
        model = permission.content_type.model_class()
        custom = dict(model._meta.permissions)
        action = permission.codename.partition("_")[0]
        expected = custom.get(permission.codename, f"Can {action} {model._meta.verbose_name_raw}")
        assert permission.name == expected


def test_whoever_has_a_role_is_staff_and_whoever_loses_it_is_not() -> None:
    user = UserFactory(roles=[roles.MANAGER, roles.FINANCE])
    assert user.is_staff
    assert set(user.groups.values_list("name", flat=True)) == {"manager", "finance"}
    roles.user_set_roles(user=user, roles=[])
    user.refresh_from_db()
    assert not user.is_staff
    assert not user.groups.exists()


def test_a_superuser_without_roles_stays_staff() -> None:
    root = UserFactory(is_superuser=True, is_staff=True)
    roles.user_set_roles(user=root, roles=[])
    assert root.is_staff


def test_an_unknown_role_is_refused() -> None:
    user = UserFactory(roles=[roles.LEAD])
    with pytest.raises(ValueError, match="boss"):
        roles.user_set_roles(user=user, roles=["boss"])
    assert user.is_staff
    assert user.groups.get().name == "lead"


def test_a_deactivated_person_may_do_nothing() -> None:
    user = UserFactory(roles=[roles.LEAD], is_active=False)
    assert actors.person(user, door=Door.API).permissions == frozenset()
