"""Every template: readable, harmless, within Telegram's limits, in both languages."""

from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone, translation

from telegram_bot.cards import CARDS, preview
from telegram_bot.cards.card import Card
from telegram_bot.policies.text import plain, units
from telegram_bot.templatetags.telegram import clean, left, money, when
from tests.stories.company import moment

NOON = moment("12:00")
TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}
FOLDER = Path(__file__).resolve().parent.parent.parent / "telegram_bot" / "templates" / "telegram"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_each_template_is_a_card_and_each_card_has_its_template() -> None:
    files = {path.stem for path in FOLDER.glob("*.html") if not path.stem.startswith("_")}
    assert files - {"stranger", "link_claimed"} == set(CARDS)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", CARDS)
def test_a_card_can_be_looked_at_without_data(template: str, language: str) -> None:
    with translation.override(language):
        shown = preview(template, now=NOON)
    tags = Tags()
    tags.feed(shown.html)
    tags.close()
    assert tags.open == []
    assert tags.seen <= TAGS
    assert 0 < units(plain(shown.html)) <= 4096
    assert "{" not in shown.html
    assert "None" not in shown.body
    assert "\n\n\n" not in shown.html
    for row in (shown.keyboard or {"inline_keyboard": []})["inline_keyboard"]:
        assert len(row) <= 3
        for button in row:
            assert 1 <= len(button["callback_data"].encode()) <= 64
            assert 1 <= len(button["text"]) <= 40


@pytest.mark.parametrize(
    ("template", "begins"),
    [
        ("order_new", "🔹 Accept R-1042 by 12:30 (in 30 min)"),
        ("order_card", "🔹 R-1042: Accept the order by 12:30 (in 30 min)"),
        ("sla_reminder", "⏳ R-1042: Accept the order by 12:30 (in 30 min)"),
        ("sla_breach", "🔥 R-1042: Accept the order now: 10 min late, was due 11:50"),
        ("nobody_eligible", "🚨 Find managers: 7 orders wait, the oldest since 2 h ago"),
        ("message_dead", "✉️ Reach Anna Petrova by another way: a message did not arrive"),
        ("order_taken", "➡️ R-1042 is now with Boris Ivanov. You have nothing to do for it."),
        ("summary", "📋 8 things wait for you, the first by 10:00 (2 h late)"),
        ("escalation", "🔥 Move R-1042 by 12:30: Fill in the inspection"),
        ("stuck", "🧊 Move R-1042: Fill in the inspection by 12:30 (in 30 min)"),
        ("burning", "🔥 12 orders burn, the worst first: open and decide"),
        ("my", "📋 You have 23 open orders, the first due 12:30 (in 30 min)"),
        ("task", "☑️ R-1042: Send the invoice by 14:00 (in 2 h)"),
        ("approval_asked", "✋ Decide about R-1042 by 15:00 (in 3 h) — Cancel the order"),
        ("shift", "🟢 You are on shift until 18:00 (in 6 h)"),
    ],
)
def test_the_first_line_says_what_to_do_and_by_when(template: str, begins: str) -> None:
    with translation.override("en"):
        assert preview(template, now=NOON).body.splitlines()[0] == begins


def test_every_card_says_what_it_is() -> None:
    assert all(isinstance(card, Card) and str(card.title) for card in CARDS.values())


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("125000", "RUB", "125,000 ₽"),
        ("125000.50", "RUB", "125,000.50 ₽"),
        ("99", "USD", "99 $"),
        ("1", "XYZ", "1 XYZ"),
    ],
)
def test_prices_are_read_at_a_glance(amount: str, currency: str, said: str) -> None:
    with translation.override("en"):
        assert money(Decimal(amount), currency).replace("\u00a0", " ") == said


def test_moments_are_said_as_people_say_them() -> None:
    with translation.override("en"), timezone.override("Europe/Moscow"):
        said = [when({"now": NOON}, NOON + timedelta(hours=hours)) for hours in (1, 24, -24, 72)]
        assert said == ["13:00", "tomorrow 12:00", "yesterday 12:00", "5 mar 12:00"]
        assert left({"now": NOON}, NOON + timedelta(minutes=130)) == "in 2 h 10 min"
        assert left({"now": NOON}, NOON - timedelta(minutes=25)) == "25 min late"


def test_a_strangers_name_is_one_short_line() -> None:
    assert clean("x" * 300, 10) == "xxxxxxxxx…"
    assert clean("a\nb\u202ec", 10) == "a bc"
