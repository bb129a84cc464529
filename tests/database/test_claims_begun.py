"""Claims that were settled with money before they named their payouts."""

from importlib import import_module

from django.db import connections

from orders.models import Claim
from orders.statuses import Status
from tests.database.test_refusals import as_owner  # noqa: F401  (a fixture)
from tests.factories import ClaimFactory, OrderFactory, PayoutFactory

migration = import_module("orders.migrations.0018_claim_payout")


def test_the_first_gets_the_first_and_who_shared_one_stays_without(as_owner: None) -> None:  # noqa: F811
    order = OrderFactory(owned=True, status=Status.DELIVERED)
    payouts = [PayoutFactory(order=order, kind="compensation", approved=True) for _nth in range(2)]
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE public.orders_claim DISABLE TRIGGER claim_settled_by_its_payout")
        settled = [ClaimFactory(order=order, settled=True, outcome="compensation") for _nth in range(3)]
        mended = ClaimFactory(order=order, settled=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        migration.name_payouts(None, editor)
    by_claim = dict(Claim.objects.values_list("pk", "payout"))
    assert [by_claim[claim.pk] for claim in settled] == [payouts[0].pk, payouts[1].pk, None]
    assert by_claim[mended.pk] is None
