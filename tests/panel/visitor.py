"""Somebody in front of the panel: Django's client, logged in, at the moment of the virtual clock."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assignment.models import Manager
from core import clock
from core.models import User
from core.roles import DECIDER, FINANCE, OBSERVER
from orders.models import Order
from tests.stories.company import Company

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Visitor:
    company: Company
    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user, backend=BACKEND)

    def get(self, name: str, *args: Any, query: dict[str, Any] | None = None) -> HttpResponse:
        """The page with this name in the panel."""
        cache.clear()
        with clock.fixed(self.company.now):
            return self.client.get(reverse(f"admin:{name}", args=args), query)

    def post(
        self, name: str, *args: Any, data: dict[str, Any] | None = None, follow: bool = True
    ) -> HttpResponse:
        """Press a button: the page that one ends on, unless `follow` is off."""
        cache.clear()
        with clock.fixed(self.company.now):
            response: HttpResponse = self.client.post(
                reverse(f"admin:{name}", args=args), data or {}, follow=follow
            )
        self.company.commit()
        return response

    def order_page(self, order: Order) -> HttpResponse:
        return self.get("orders_order_change", order.pk)


def manager_visitor(company: Company, manager: Manager) -> Visitor:
    return Visitor(company, manager.user)


def observer(company: Company) -> Visitor:
    return Visitor(company, company.person("Viktor", OBSERVER))


def finance(company: Company) -> Visitor:
    return Visitor(company, company.person("Marina", FINANCE))


def superuser(company: Company) -> Visitor:
    user = User.objects.create(username="root", first_name="Root", is_staff=True, is_superuser=True)
    return Visitor(company, user)


def with_a_single_decider() -> None:
    """The access of the second one is closed: the lead decides alone."""
    User.objects.filter(groups__name=DECIDER).update(is_active=False)


def text(response: HttpResponse) -> str:
    """What a reader sees of a page, in one line; titles of marks are left out."""
    content = response.content.decode()
    body = content[content.index("<body") :]
    body = re.sub(r"<(script|style|template|svg).*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def said(response: HttpResponse) -> list[str]:
    """The messages that the page shows about what was pressed."""
    context: Any = response.context
    return [str(message) for message in context["messages"]] if context else []
