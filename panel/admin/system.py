"""The machinery: links, groups, heartbeats, what Telegram sent, one-time passwords, log-ins, the timetable."""

from typing import Any

from django.contrib.admin import display
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import heartbeats
from core.models import ChatGroup, Heartbeat, TelegramLink
from core.selectors import ADMINS
from panel import marks, moment, words
from panel.base import PanelAdmin, ReadOnlyAdmin
from panel.journal import pretty
from panel.words import Tone
from rop.words import word
from telegram_bot.models import Update, UpdateState

UPDATE_TONES = {UpdateState.NEW: Tone.INFO, UpdateState.DONE: Tone.GOOD, UpdateState.DEAD: Tone.LATE}


class TelegramLinkAdmin(ReadOnlyAdmin):
    """Links are made and ended by the people themselves."""

    list_display = ("user", "telegram_name", "state", "linked_at", "unreachable_because")
    list_select_related = ("user",)
    list_filter = ("active",)
    list_filter_submit = False
    search_fields = ("user__last_name", "user__first_name", "user__username", "telegram_name")
    ordering = ("-active", "user__last_name", "user__first_name")
    fields = (
        *("user", "telegram_name", "telegram_id", "state"),
        *("linked_at", "unlinked_at", "unreachable_since", "unreachable_because"),
    )

    @display(description=_("state"))
    def state(self, link: TelegramLink) -> SafeString:
        if not link.active:
            return marks.mark(_("unlinked"), Tone.QUIET)
        if link.unreachable_since is not None:
            return marks.mark(_("unreachable"), Tone.LATE)
        return marks.mark(_("linked"), Tone.GOOD)


class ChatGroupAdmin(PanelAdmin):
    """Groups are named here; which chat is meant by a name is said in the chat itself, by /connect."""

    list_display = ("title", "what_for", "state", "chat_id", "unreachable_because")
    list_before_template = "panel/system/groups.html"
    readonly_fields = ("unreachable_since", "unreachable_because")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        admins = ChatGroup.objects.filter(code=ADMINS).first()
        bot = Heartbeat.objects.filter(name="bot").first()
        more = {
            "admins": admins,
            "admins_state": _group_state(admins) if admins else None,
            "bot_name": bot.detail.get("username", "") if bot else "",
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @display(description=_("what for"), ordering="code")
    def what_for(self, group: ChatGroup) -> str:
        return str(GROUPS.get(group.code, group.code))

    @display(description=_("state"))
    def state(self, group: ChatGroup) -> SafeString:
        return _group_state(group)


GROUPS = {ADMINS: _("escalations and alarms")}


def _group_state(group: ChatGroup) -> SafeString:
    if not group.active:
        return marks.mark(_("switched off"), Tone.QUIET)
    if group.chat_id is None:
        return marks.mark(_("not connected"), Tone.LATE)
    if group.unreachable_since is not None:
        return marks.mark(_("unreachable"), Tone.LATE)
    return marks.mark(_("connected"), Tone.GOOD)


class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("part", "ago", "detail")
    list_display_links = None
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return moment.stamped(super().get_queryset(request), request)

    @display(description=_("part"))
    def part(self, heartbeat: Heartbeat) -> str:
        return word(heartbeat.name, heartbeats.PARTS)

    @display(description=_("last progress"))
    def ago(self, heartbeat: Heartbeat) -> SafeString:
        seen_at = moment.of(heartbeat)
        is_silent = heartbeat.name in heartbeats.REQUIRED and seen_at - heartbeat.at > heartbeats.SILENT_AFTER
        return marks.mark(words.ago(heartbeat.at, now=seen_at), Tone.LATE if is_silent else Tone.GOOD)


class UpdateAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "update_id", "state_", "attempts", "error", "done_at")
    list_filter = ("state",)
    list_filter_submit = False
    ordering = ("-id",)
    fields = (
        *("received_at", "bot_id", "update_id", "state_", "attempts", "not_before", "done_at", "error"),
        "payload_",
    )

    @display(description=_("state"), ordering="state")
    def state_(self, update: Update) -> SafeString:
        known = UpdateState(update.state)
        return marks.mark(known.label, UPDATE_TONES[known])

    @display(description=_("payload"))
    def payload_(self, update: Update) -> SafeString:
        return pretty(update.payload)


class DeviceAdmin(PanelAdmin):
    """Whoever lost the telephone gets a new device set up at the next log-in once the old one is deleted here."""

    list_display = ("user", "name", "confirmed", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__last_name", "user__first_name", "user__username")
    fields = ("user", "name", "confirmed", "created_at", "last_used_at")
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The device's own name isn't translatable."""
        return super().changelist_view(request, {"title": _("One-time passwords"), **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TOTPDevice | None = None) -> bool:
        return False


class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ("attempt_time", "username", "ip_address", "logout_time")
    search_fields = ("username", "ip_address")
    fields = ("attempt_time", "logout_time", "username", "ip_address", "user_agent", "path_info")


class AccessAttemptAdmin(PanelAdmin):
    """Deleting one lets that person try again at once."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    fields = ("attempt_time", "username", "ip_address", "failures_since_start", "user_agent", "path_info")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PeriodicTaskAdmin(ReadOnlyAdmin):
    """The timetable is the settings'. To run any task with any arguments from here would be a back door."""

    list_display = ("name", "task", "enabled", "interval", "crontab", "last_run_at", "total_run_count")
    list_select_related = ("interval", "crontab")
    fields = ("name", "task", "enabled", "interval", "crontab", "expires", "last_run_at", "total_run_count")
