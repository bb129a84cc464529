"""Every template of messages, in one visible list. A new message is a new file and one line here."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from rop.words import TEMPLATES
from telegram_bot.cards import escalation, keyboards, leads, orders, replies, sla, summary, tasks, verdicts
from telegram_bot.cards.card import Buttons, Card, Loader
from telegram_bot.cards.deal import TEMPLATE as DEAL
from telegram_bot.cards.deal import buttons as deal_buttons
from telegram_bot.cards.deal import card as deal
from telegram_bot.cards.deal import told
from telegram_bot.cards.inspection import FILES_OF_WHICH, TEMPLATE
from telegram_bot.cards.inspection import buttons as inspection_buttons
from telegram_bot.cards.inspection import card as inspection

SUMMARY = "summary"


def _of_a_deal(template: str, load: Loader, buttons: Buttons) -> Card:
    """What is asked for comes in the place of the deal's card, and a press goes on in it."""
    return Card(TEMPLATES[template], load, buttons, mergeable=True, one_at_a_time=True, vanishes=True)


TOLD_ALONE: Mapping[str, Card] = {
    # Leads and the admins' group
    "escalation": Card(
        TEMPLATES["escalation"], escalation.escalation, escalation.buttons, mergeable=True, one_at_a_time=True
    ),
    # Managers
    "sla_breach": Card(TEMPLATES["sla_breach"], sla.sla_breach, keyboards.breach, mergeable=True),
    "order_new": Card(TEMPLATES["order_new"], orders.order_new, keyboards.order_card, mergeable=True),
    "sla_reminder": Card(
        TEMPLATES["sla_reminder"], sla.sla_reminder, keyboards.accept_or_next, mergeable=True
    ),
    "stuck": Card(TEMPLATES["stuck"], sla.stuck, keyboards.breach, mergeable=True),
    "order_card": Card(TEMPLATES["order_card"], orders.order_card, keyboards.order_card, anew_when_gone=True),
    "order_taken": Card(TEMPLATES["order_taken"], orders.order_taken, anew_by_letter=True),
    "follow_up": _of_a_deal("follow_up", deal.of_task, deal_buttons.buttons),
    "paid": _of_a_deal("paid", deal.of_payment, deal_buttons.buttons),
    "track": _of_a_deal("track", deal.of_task, deal_buttons.buttons),
    "blocker": _of_a_deal("blocker", told.blocker, told.blocker_buttons),
    "task": Card(TEMPLATES["task"], tasks.load, tasks.buttons, mergeable=True, one_at_a_time=True),
    "approval_decided": Card(TEMPLATES["approval_decided"], told.decided, told.to_step, mergeable=True),
    "approval_expired": Card(TEMPLATES["approval_expired"], told.expired, told.to_step, mergeable=True),
    "approval_withdrawn": Card(TEMPLATES["approval_withdrawn"], told.withdrawn, told.to_step, mergeable=True),
    "note_mention": Card(TEMPLATES["note_mention"], orders.note_mention, mergeable=True),
    "linked": Card(
        _("Telegram is linked"), replies.reply(replies.plain), keyboards.to_own_orders, is_reply=True
    ),
    TEMPLATE: Card(
        _("Inspection"),
        inspection.load,
        inspection_buttons.buttons,
        is_reply=True,
        anew_when_gone=True,
        one_at_a_time=True,
        vanishes=True,
        silent=True,
    ),
    DEAL: Card(
        TEMPLATES[DEAL],
        deal.load,
        deal_buttons.buttons,
        is_reply=True,
        anew_when_gone=True,
        one_at_a_time=True,
        vanishes=True,
        silent=True,
    ),
    FILES_OF_WHICH: Card(
        _("Of which order files are"), inspection.of_which, inspection_buttons.of_which, is_reply=True
    ),
    # Leads and admins
    "evidence_repeated": Card(_("The same file again"), leads.evidence_repeated, mergeable=True),
    "inspection_failed": Card(
        TEMPLATES["inspection_failed"], verdicts.inspection_failed, keyboards.decide, mergeable=True
    ),
    "payment_late": Card(TEMPLATES["payment_late"], told.late_payment, mergeable=True),
    "client_undecided": _of_a_deal("client_undecided", deal.of_task, deal_buttons.buttons),
    "approval_asked": Card(TEMPLATES["approval_asked"], told.asked, mergeable=True),
    "nobody_eligible": Card(_("Nobody for an order"), leads.nobody_eligible),
    "message_dead": Card(TEMPLATES["message_dead"], leads.message_dead, mergeable=True),
    "update_dead": Card(_("Something written to the bot was lost"), leads.update_dead, mergeable=True),
    "part_silent": Card(_("A part of AI-ROP fell silent"), leads.part_silent),
    # Answers to commands
    "my": Card(_("My orders"), replies.reply(replies.my), keyboards.own_orders, is_reply=True),
    "next": Card(
        _("The next thing to do"), replies.reply(replies.next_thing), keyboards.next_order, is_reply=True
    ),
    "order": Card(TEMPLATES["order"], replies.reply(replies.order), keyboards.about_order, is_reply=True),
    "why": Card(TEMPLATES["why"], replies.reply(replies.why), keyboards.accept_or_next, is_reply=True),
    "shift": Card(_("My shift"), replies.reply(replies.shift), keyboards.shift, is_reply=True),
    "inspect": Card(
        _("Orders under inspection"), replies.reply(replies.inspect), keyboards.inspect, is_reply=True
    ),
    "burning": Card(_("What burns"), replies.reply(replies.burning), keyboards.burning, is_reply=True),
    "help": Card(_("Help"), replies.reply(replies.help_), keyboards.help_, is_reply=True),
    "notice": Card(_("A short answer"), replies.reply(replies.plain), is_reply=True),
}

MERGEABLE = {template: card.load for template, card in TOLD_ALONE.items() if card.mergeable}

CARDS: Mapping[str, Card] = {
    **TOLD_ALONE,
    SUMMARY: Card(_("Many things at once"), summary.loader(MERGEABLE), keyboards.summary),
}


STORM = (*MERGEABLE, SUMMARY)
"""What comes in storms: in a group at most five a minute."""


class UnknownTemplate(LookupError):
    """A message names a template that this version does not have."""


def card(template: str) -> Card:
    try:
        return CARDS[template]
    except KeyError:
        raise UnknownTemplate(template) from None
