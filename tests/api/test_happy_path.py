"""From the intake to the closed order by REST alone: three people's tokens and the intake's key."""

from typing import Any

from django.http import HttpResponse

from orders.models import Blocker, Order, StatusEvent
from tests.api.client import Caller, agent, person
from tests.api.test_inspection import send
from tests.stories.company import Company, moment
from tests.stories.dealing import finance
from tests.stories.inspecting import NORM, PHOTOS, photo
from tests.stories.whole_path import AT, PATH, passed


def done(response: HttpResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_an_order_goes_its_whole_path_by_rest_alone(company: Company) -> None:
    anna = company.manager("Anna", (moment("09:00"), moment("21:00")))
    intake, manager = agent(company), person(company, anna.user)
    money = person(company, finance(company))
    new = {
        "external_id": "A-1",
        "client_name": "Ivan",
        "item": "Camera",
        "price": "125000.00",
        "ordered_at": "2026-03-02T11:00:00+03:00",
    }
    ref = done(intake.post("orders/", new), 201)["ref"]
    base = f"orders/{ref}/"

    def seen() -> Any:
        return done(manager.get(base))

    def step() -> tuple[str, str, list[str]]:
        action = seen()["next_action"]
        return action["code"], action["whose"], [item["code"] for item in action["missing"]]

    def take(route: str) -> Any:
        return done(manager.post(f"{base}routes/{route}/", {"version": seen()["version"]}))

    company.go_to(AT["accept"])
    take("accept")
    _inspect(company, manager, Order.objects.get(), base)
    company.go_to(AT["complete_inspection"])
    assert take("complete_inspection")["status"] == "awaiting_payment"
    assert step() == ("follow_up_client", "person", ["follow_up:1", "client_decision"])

    company.go_to(AT["thinks"])
    thinks = {"decision": "thinks", "until": AT["thinks_until"].isoformat(), "channel": "phone"}
    assert done(manager.post(f"{base}client-decision/", thinks), 201)["until"] == "2026-03-04T12:00:00Z"
    assert seen()["deal"]["until"] == "2026-03-04T12:00:00Z"
    company.go_to(AT["confirmed"])
    assert step() == ("follow_up_client", "person", ["follow_up:2", "client_decision"])
    done(manager.post(f"{base}client-decision/", {"decision": "confirmed"}), 201)
    assert step() == ("confirm_payment", "finance", ["payment", "seller_date"])

    company.go_to(AT["payment"])
    paid = {
        "amount": "125000.00",
        "currency": "RUB",
        "paid_at": AT["payment"].isoformat(),
        "document": "118",
    }
    done(money.post(f"{base}payments/", paid), 201)
    assert done(money.get(f"{base}payments/"))["paid"] == "125000.00"
    company.go_to(AT["seller_date"])
    done(manager.post(f"{base}logistics/", {"seller_date": "2026-03-05"}), 201)
    assert step() == ("release", "person", [])
    company.go_to(AT["release_to_ship"])
    assert take("release_to_ship")["status"] == "ready_for_shipment"

    company.go_to(AT["blocker"])
    papers = {
        "kind": "papers",
        "text": "The receipt is missing",
        "owner": anna.user_id,
        "due_at": AT["ship"].isoformat(),
    }
    blocker = done(manager.post(f"{base}blockers/", papers), 201)
    carrier = {
        "carrier": "CDEK",
        "tracking": "10 2345 678",
        "promised_date": "2026-03-09",
        "cost": "1500.00",
    }
    done(manager.post(f"{base}logistics/", carrier), 201)
    assert step() == ("resolve_blocker", "person", [f"blocker:{blocker['id']}"])
    refused = manager.post(f"{base}routes/ship/", {"version": seen()["version"]})
    assert done(refused, 422)["missing"] == [
        {"code": f"blocker:{blocker['id']}", "text": refused.json()["detail"]}
    ]
    company.go_to(AT["resolved"])
    done(manager.post(f"blockers/{blocker['id']}/resolve/", {"resolution": "It came by e-mail"}))
    company.go_to(AT["ship"])
    assert take("ship")["status"] == "in_transit"

    company.go_to(AT["tracking"])
    assert step() == ("track_shipment", "person", ["tracking_check"])
    done(manager.post(f"{base}tracking/", {"state": "arrived", "text": "At the counter"}), 201)
    company.go_to(AT["deliver"])
    done(manager.post(f"{base}logistics/", {"delivered_at": AT["deliver"].isoformat()}), 201)
    assert step() == ("confirm_delivery", "person", ["proof"])
    assert send(manager, Order.objects.get(), photo(9_000), purpose="delivery").status_code == 201
    assert take("deliver")["status"] == "delivered"
    assert seen()["deal"]["proof"] is True

    company.go_to(AT["closed"])
    order = Order.objects.get()
    assert order.closed_at == AT["closed"]
    assert passed(order) == PATH
    assert set(StatusEvent.objects.values_list("door", flat=True)) == {"api"}
    assert Blocker.objects.get().door == "api"
    assert company.audit() == {}


def _inspect(company: Company, manager: Caller, order: Order, base: str) -> None:
    company.go_to(AT["answers"])
    talked = {"whom": "seller", "channel": "phone", "outcome": "agreed"}
    done(manager.post(f"{base}contacts/", talked), 201)
    answers = [{"point": point, "value": value} for point, value in NORM.items()]
    done(manager.post(f"{base}inspection/answers/", {"answers": answers}))
    for point, count in PHOTOS.items():
        for number in range(count):
            assert send(manager, order, photo(point * 10 + number), point=str(point)).status_code == 201
    verdict = {"verdict": "remarks", "remarks": "No papers"}
    assert done(manager.post(f"{base}inspection/verdict/", verdict))["missing"] == []
