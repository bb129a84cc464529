"""What everybody does for themselves: the own Telegram, the own language."""

import pytest

from core import heartbeats
from core.models import LinkToken, TelegramLink, User
from core.services.linking import link_claim
from tests.panel.visitor import Visitor, manager_visitor, said, text
from tests.stories.company import MINUTE, Company


@pytest.fixture
def anna(company: Company) -> Visitor:
    return manager_visitor(company, company.manager("Anna", linked=False))


def invite(company: Company, visitor: Visitor) -> str:
    """The secret of a new invitation, as the deep link carries it."""
    heartbeats.beat("bot", now=company.now, detail={"username": "rop_test_bot"})
    url: str = visitor.post("my_telegram").context["url"]
    return url.partition("?start=")[2]


def claim(company: Company, secret: str, *, account: int = 501) -> None:
    link_claim(token=secret, telegram_id=account, chat_id=account, name="@anna", now=company.now)


def test_an_invitation_is_a_link_and_a_picture_kept_nowhere(company: Company, anna: Visitor) -> None:
    heartbeats.beat("bot", now=company.now, detail={"username": "rop_test_bot"})

    page = anna.post("my_telegram")

    assert "/rop_test_bot?start=" in page.context["url"]
    assert "<svg" in page.content.decode()
    secret = page.context["url"].partition("?start=")[2]
    assert LinkToken.objects.get().token_hash != secret
    assert secret not in anna.get("my_telegram").content.decode()


def test_without_a_bot_there_is_a_sentence(company: Company, anna: Visitor) -> None:
    page = anna.post("my_telegram")

    assert page.context["url"] is None
    assert len(said(page)) == 1


def test_both_sides_agree(company: Company, anna: Visitor) -> None:
    claim(company, invite(company, anna))
    assert "@anna" in text(anna.get("my_telegram"))
    assert not TelegramLink.objects.exists()

    anna.post("telegram_confirm", LinkToken.objects.get().pk)

    link = TelegramLink.objects.get()
    assert (link.user, link.telegram_id, link.active) == (anna.user, 501, True)


def test_a_stranger_who_followed_the_link_is_refused(company: Company, anna: Visitor) -> None:
    claim(company, invite(company, anna))

    anna.post("telegram_refuse", LinkToken.objects.get().pk)
    anna.post("telegram_confirm", LinkToken.objects.get().pk)

    assert not TelegramLink.objects.exists()


def test_nobody_confirms_for_another(company: Company, anna: Visitor) -> None:
    claim(company, invite(company, anna))
    boris = manager_visitor(company, company.manager("Boris", linked=False))

    page = boris.post("telegram_confirm", LinkToken.objects.get().pk)

    assert not TelegramLink.objects.exists()
    assert len(said(page)) == 1


def test_an_old_invitation_is_not_confirmed(company: Company, anna: Visitor) -> None:
    claim(company, invite(company, anna))
    company.now += 11 * MINUTE

    anna.post("telegram_confirm", LinkToken.objects.get().pk)

    assert not TelegramLink.objects.exists()


def test_a_link_is_dropped(company: Company, anna: Visitor) -> None:
    claim(company, invite(company, anna))
    anna.post("telegram_confirm", LinkToken.objects.get().pk)

    anna.post("telegram_unlink")

    assert not TelegramLink.objects.get().active


@pytest.mark.parametrize("name", ["telegram_confirm", "telegram_refuse"])
def test_links_agree_to_nothing(company: Company, anna: Visitor, name: str) -> None:
    assert anna.get(name, 1).status_code == 405
    assert anna.get("telegram_unlink").status_code == 405


def test_the_language_is_the_persons_own(company: Company, anna: Visitor) -> None:
    anna.post("set_language", data={"language": "en", "next": "/admin/my-telegram/"})
    assert User.objects.get(pk=anna.user.pk).language == "en"

    anna.post("set_language", data={"language": "tlh"})
    assert User.objects.get(pk=anna.user.pk).language == "en"
    assert User.objects.get(pk=company.lead.pk).language == "ru"
