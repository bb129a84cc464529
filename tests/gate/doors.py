"""Each door through which somebody may try to take a route, as one function with one answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.test import Client
from django.urls import reverse

from core import actors, clock
from core.actors import Actor, Door
from core.models import Entry, User
from core.scopes import PERSONAL
from core.services.keys import key_issue
from orders import gate
from orders.models import Approval, Order
from orders.services import order_route
from telegram_bot import presses
from telegram_bot.cards import callback
from telegram_bot.visits import Visit

REASON = "It was agreed on the phone"
REASON_CODE = "duplicate"


@dataclass(frozen=True)
class Answer:
    """What came of it: "done", the code of a refusal, or "hidden" where the door doesn't even show the order."""

    result: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    order: Order
    route: str
    user: User
    now: datetime
    with_reasons: bool = True

    @property
    def reason(self) -> str:
        return REASON if self.with_reasons else ""

    @property
    def reason_code(self) -> str:
        return REASON_CODE if self.with_reasons else ""


def shell(attempt: Attempt) -> Answer:
    actor: Actor = actors.person(attempt.user, door=Door.SHELL)
    try:
        order_route(
            order_id=attempt.order.pk,
            route=attempt.route,
            actor=actor,
            seen_version=attempt.order.version,
            now=attempt.now,
            data=gate.RouteData(reason=attempt.reason, reason_code=attempt.reason_code),
        )
    except gate.RouteRefused as refusal:
        return Answer(refusal.code, tuple(item.code for item in refusal.missing))
    except gate.Refusal as refusal:
        return Answer(refusal.code)
    return Answer("done")


def api(attempt: Attempt) -> Answer:
    _key, plain = key_issue(name="parity", user=attempt.user, scopes=PERSONAL, now=attempt.now)
    body = {"version": attempt.order.version, "reason": attempt.reason, "reason_code": attempt.reason_code}
    with clock.fixed(attempt.now):
        response = Client().post(
            f"/api/v1/orders/{attempt.order.ref}/routes/{attempt.route}/",
            json.dumps({name: value for name, value in body.items() if value != ""}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {plain}"},
        )
    if response.status_code == 200:
        return Answer("done")
    problem = response.json()
    return Answer(problem["code"], tuple(item["code"] for item in problem.get("missing", [])))


def admin(attempt: Attempt) -> Answer:
    client = Client()
    client.force_login(attempt.user, backend="django.contrib.auth.backends.ModelBackend")
    before = Entry.objects.filter(kind="command.route").count()
    with clock.fixed(attempt.now):
        response = client.post(
            reverse("admin:order_route", args=[attempt.order.pk, attempt.route]),
            {"version": attempt.order.version, "reason": attempt.reason, "reason_code": attempt.reason_code},
        )
    if response.status_code in (403, 404):
        return Answer("hidden")
    assert response.status_code == 302
    if Approval.objects.filter(order=attempt.order, route=attempt.route, asked_by=attempt.user).exists():
        # Where only a yes is missing, the page has asked for it; the others say that it is missing.
        return Answer("route_refused", ("approval",))
    assert Entry.objects.filter(kind="command.route").count() == before + 1
    output = Entry.objects.filter(kind="command.route").latest("pk").output
    missing = tuple(output.get("missing", ()))
    if missing and gate.at_risk(attempt.order, gate.ROUTES[attempt.route]):
        # ... and what is missing besides keeps it from asking.
        missing = (*missing, "approval")
    return Answer(output.get("code", output["result"]), missing)


def bot(attempt: Attempt) -> Answer:
    """The bot has one button that moves an order: Принять."""
    attempt.user.telegram_links.get_or_create(
        telegram_id=attempt.user.pk, defaults={"chat_id": attempt.user.pk, "linked_at": attempt.now}
    )
    visit = Visit(
        item_id=attempt.order.pk,
        telegram_id=attempt.user.pk,
        chat_id=attempt.user.pk,
        is_private=True,
        message_id=1,
    )
    before = Entry.objects.filter(kind="command.route").count()
    presses.run(
        visit, callback.data(callback.ACCEPT, attempt.order.pk, attempt.order.version), now=attempt.now
    )
    assert Entry.objects.filter(kind="command.route").count() == before + 1
    entry = Entry.objects.filter(kind="command.route").latest("pk")
    assert (entry.door, entry.inputs["route"]) == ("bot", "accept")
    return Answer(entry.output.get("code", entry.output["result"]), tuple(entry.output.get("missing", ())))


DOORS: dict[str, Callable[[Attempt], Answer]] = {"shell": shell, "api": api, "admin": admin}
