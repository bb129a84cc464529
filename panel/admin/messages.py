from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter, display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.models import Message, MessageStatus
from core.services.messages import PERMISSION
from panel import marks, moment
from panel.admin.journals import order_link
from panel.base import ReadOnlyAdmin
from panel.journal import OrderFilter
from panel.preview import preview, title_of
from telegram_bot.cards import CARDS


class TemplateFilter(SimpleListFilter):
    """By what a message is called, not by its code."""

    title = _("what")
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(code, card.title) for code, card in CARDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(template=self.value()) if self.value() else queryset


class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "what", "to", "order", "status_", "channel", "sent_at")
    list_display_links = ("created_at", "what")
    list_filter = ("status", TemplateFilter, "importance", "channel", OrderFilter)
    list_filter_submit = False
    list_select_related = ("person", "group")
    search_fields = ("person__last_name", "person__first_name", "person__username")
    ordering = ("-id",)
    change_form_outer_before_template = "panel/message.html"
    fieldsets = (
        (None, {"fields": (("what", "status_"), ("to", "order"), ("importance", "channel"))}),
        (
            _("Delivery"),
            {
                "fields": (
                    ("created_at", "not_before"),
                    ("sent_at", "ended_at"),
                    ("attempts", "unknown_outcomes"),
                    ("error", "provider_id"),
                    ("acted_at", "merged_"),
                    ("dedup_key", "thread"),
                )
            },
        ),
    )

    @display(description=_("what"))
    def what(self, message: Message) -> str:
        return title_of(message.template)

    @display(description=_("to"))
    def to(self, message: Message) -> str:
        return str(message.person or message.group)

    @display(description=_("order"))
    def order(self, message: Message) -> SafeString | str:
        return order_link(message.order_id)

    @display(description=_("merged into"))
    def merged_(self, message: Message) -> SafeString | str:
        if message.merged_into_id is None:
            return str(self.get_empty_value_display())
        url = reverse("admin:core_message_change", args=[message.merged_into_id])
        return format_html('<a href="{}">№ {}</a>', url, message.merged_into_id)

    @display(description=_("status"), ordering="status")
    def status_(self, message: Message) -> SafeString:
        return marks.message_status(message)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        message = self.get_object(request, object_id)
        more = self._about(request, message) if message else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def _about(self, request: HttpRequest, message: Message) -> dict[str, Any]:
        may = message.status == MessageStatus.DEAD and request.user.has_perm(PERMISSION)
        may_dismiss = may and message.acted_at is None
        return {
            "crumb": title_of(message.template),
            "text": preview(message, now=moment.now(request)),
            "retry_url": reverse("admin:message_retry", args=[message.pk]) if may else "",
            "dismiss_url": reverse("admin:message_dismiss", args=[message.pk]) if may_dismiss else "",
            "here": request.path,
        }
