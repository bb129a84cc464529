"""The side bar, by work and not by tables; and the other addresses that Unfold asks for."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import User
from panel.pulse import pulse_for, said

Item = dict[str, Any]


def icon(_request: HttpRequest) -> str:
    return static("panel/icon.svg")


def stylesheet(_request: HttpRequest) -> str:
    return static("panel/panel.css")


def script(_request: HttpRequest) -> str:
    return static("panel/panel.js")


def language_action(_request: HttpRequest) -> str:
    return reverse("admin:set_language")


def account(request: HttpRequest) -> list[dict[str, str]]:
    if not isinstance(request.user, User):
        return []
    links = [{"title": _("My Telegram"), "link": reverse("admin:my_telegram")}]
    if request.user.has_usable_password():
        links.append({"title": _("Change password"), "link": reverse("admin:password_change")})
    return links


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    groups = [
        (_("Work"), _work(request), False),
        (_("People"), _people(request), False),
        (_("Rules"), _rules(request), False),
        (_("Journals"), _journals(request), False),
        (pgettext("menu", "System"), _system(request), True),
    ]
    return [
        {"title": title, "separator": True, "collapsible": folded, "items": [item for item in items if item]}
        for title, items, folded in groups
        if any(items)
    ]


def _work(request: HttpRequest) -> list[Item | None]:
    pulse, user = pulse_for(request), request.user
    orders = reverse("admin:orders_order_changelist")
    if not user.has_perm("orders.see_all"):
        return [
            _item(request, _("My day"), "today", reverse("admin:index")),
            _item(request, _("My orders"), "list_alt", orders),
        ]
    quality = reverse("admin:quality") if user.has_perm("orders.view_inspectionmeasure") else ""
    money = reverse("admin:money") if user.has_perm("orders.view_payment") else ""
    inbox = reverse("admin:inbox") if pulse.inbox is not None else ""
    return [
        _item(request, _("Overview"), "monitoring", reverse("admin:index")),
        _item(request, _("Inbox"), "inbox", inbox, count=pulse.inbox),
        _item(request, _("Orders"), "list_alt", orders),
        _item(request, _("Burning"), "local_fire_department", f"{orders}?view=burning", count=pulse.burning),
        _item(request, _("Waiting queue"), "hourglass_empty", f"{orders}?view=waiting", count=pulse.waiting),
        _item(request, _("Money"), "payments", money),
        _item(request, _("Quality of inspections"), "fact_check", quality),
    ]


def _people(request: HttpRequest) -> list[Item | None]:
    shifts = reverse("admin:week") if request.user.has_perm("assignment.view_shift") else ""
    duty = reverse("admin:duty") if request.user.has_perm("core.view_duty") else ""
    return [
        _of_model(request, _("Managers"), "support_agent", "assignment", "manager"),
        _item(request, _("Shifts"), "calendar_view_week", shifts),
        _item(request, _("On duty"), "shield_person", duty),
        _of_model(request, _("Absences"), "beach_access", "assignment", "absence"),
        _of_model(request, _("Teams"), "groups", "core", "team"),
        _of_model(request, _("Staff"), "badge", "core", "user"),
    ]


def _rules(request: HttpRequest) -> list[Item | None]:
    return [
        _of_model(request, _("Points of the inspection"), "checklist", "orders", "inspectiontemplate"),
        _of_model(request, _("Terms of deals"), "handshake", "orders", "terms"),
        _of_model(request, _("SLA matrix"), "grid_on", "sla", "matrix"),
        _of_model(request, _("Weights"), "scale", "assignment", "weighttable"),
        _of_model(request, _("Calendars"), "calendar_month", "core", "calendar"),
    ]


def _journals(request: HttpRequest) -> list[Item | None]:
    return [
        _of_model(request, _("Decisions"), "psychology", "core", "entry"),
        _of_model(request, _("Messages"), "send", "core", "message"),
        _of_model(request, _("SLA violations"), "timer_off", "sla", "violation"),
        _of_model(request, _("Assignments"), "assignment_ind", "assignment", "assignment"),
        *_of_deals(request),
        _of_model(request, _("Audit"), "fact_check", "rop", "audit"),
    ]


def _of_deals(request: HttpRequest) -> list[Item | None]:
    """Of everybody's orders: a manager finds their own on the pages of their orders."""
    if not request.user.has_perm("orders.see_all"):
        return []
    return [
        _of_model(request, _("Approvals"), "how_to_vote", "orders", "approval"),
        _of_model(request, _("Payments"), "receipt_long", "orders", "payment"),
        _of_model(request, _("Refunds and compensations"), "undo", "orders", "payout"),
        _of_model(request, _("Blockers"), "block", "orders", "blocker"),
        _of_model(request, _("Claims"), "report", "orders", "claim"),
    ]


def _system(request: HttpRequest) -> list[Item | None]:
    return [
        _of_model(request, _("API keys"), "key", "core", "apikey"),
        _of_model(request, _("Telegram of people"), "link", "core", "telegramlink"),
        _of_model(request, _("Telegram groups"), "forum", "core", "chatgroup"),
        _of_model(request, _("Heartbeats"), "ecg_heart", "core", "heartbeat"),
        _of_model(request, _("Telegram updates"), "move_to_inbox", "telegram_bot", "update"),
        _of_model(request, _("One-time passwords"), "lock_clock", "otp_totp", "totpdevice"),
        _of_model(request, _("Log-ins"), "login", "axes", "accesslog"),
        _of_model(request, _("Failed log-ins"), "no_accounts", "axes", "accessattempt"),
        _of_model(request, _("Timetable"), "schedule", "django_celery_beat", "periodictask"),
    ]


def _of_model(request: HttpRequest, title: str, icon_name: str, app: str, model: str) -> Item | None:
    if not request.user.has_perm(f"{app}.view_{model}"):
        return None
    return _item(request, title, icon_name, reverse(f"admin:{app}_{model}_changelist"))


def _item(
    request: HttpRequest, title: str, icon_name: str, link: str, *, count: int | None = None
) -> Item | None:
    if not link:
        return None
    item: Item = {
        "title": capfirst(title),
        "icon": icon_name,
        "link": link,
        "active": _is_here(request, link),
    }
    return {**item, "badge": said(count), "badge_variant": "danger"} if count else item


def _is_here(request: HttpRequest, link: str) -> bool:
    """Lists that differ only by their view are told apart by it."""
    path, _question, query = link.partition("?")
    if path == reverse("admin:index"):
        return request.path == path
    if not request.path.startswith(path):
        return False
    view = request.GET.get("view", "")
    if query:
        return request.path == path and query == f"view={view}"
    return view not in ("burning", "waiting")
