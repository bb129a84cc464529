"""What the panel shows of each model, in one visible table. Importing this registers it, and the panel's pages."""

from axes.models import AccessAttempt, AccessLog
from django_celery_beat.models import PeriodicTask
from django_otp.plugins.otp_totp.models import TOTPDevice

from assignment.models import Absence, Assignment, Manager, Shift, WeightTable
from core.models import ApiKey, Calendar, ChatGroup, Entry, Heartbeat, Message, Team, TelegramLink, User
from orders.models import Approval, Blocker, Claim, InspectionTemplate, Order, Payment, Payout, Terms
from panel.admin import deals, journals, keys, managers, messages, orders, people, points, rules, system
from panel.pages import (
    approval,
    day,
    duty,
    inbox,
    language,
    money,
    overview,
    quality,
    second_decider,
    second_factor,
    telegram,
    week,
)
from panel.sites import site
from rop.models import Audit
from sla.models import Matrix, Violation
from telegram_bot.models import Update

PAGES = (
    *(
        approval,
        day,
        duty,
        inbox,
        language,
        money,
        overview,
        quality,
        second_decider,
        second_factor,
        telegram,
    ),
    week,
)

REGISTERED = {
    Order: orders.OrderAdmin,
    Manager: managers.ManagerAdmin,
    Shift: managers.ShiftAdmin,
    Absence: managers.AbsenceAdmin,
    Team: people.TeamAdmin,
    User: people.UserAdmin,
    InspectionTemplate: points.InspectionTemplateAdmin,
    Terms: rules.TermsAdmin,
    Matrix: rules.MatrixAdmin,
    WeightTable: rules.WeightTableAdmin,
    Calendar: rules.CalendarAdmin,
    Approval: deals.ApprovalAdmin,
    Blocker: deals.BlockerAdmin,
    Claim: deals.ClaimAdmin,
    Payment: deals.PaymentAdmin,
    Payout: deals.PayoutAdmin,
    Entry: journals.EntryAdmin,
    Message: messages.MessageAdmin,
    Violation: journals.ViolationAdmin,
    Assignment: journals.AssignmentAdmin,
    Audit: journals.AuditAdmin,
    ApiKey: keys.ApiKeyAdmin,
    TelegramLink: system.TelegramLinkAdmin,
    ChatGroup: system.ChatGroupAdmin,
    Heartbeat: system.HeartbeatAdmin,
    Update: system.UpdateAdmin,
    TOTPDevice: system.DeviceAdmin,
    AccessLog: system.AccessLogAdmin,
    AccessAttempt: system.AccessAttemptAdmin,
    PeriodicTask: system.PeriodicTaskAdmin,
}

for model, admin_class in REGISTERED.items():
    site.register(model, admin_class)
