"""Linking a Telegram account: asked in the panel, claimed in the private chat, confirmed in the panel."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from core import clock
from core.actors import Door, person
from core.models import Entry, LinkToken, Team, TelegramLink, User
from core.services.linking import (
    LinkRefused,
    link_ask,
    link_claim,
    link_confirm,
    link_drop,
    link_pending,
    link_refuse,
    link_url,
)
from telegram_bot.sandbox.server import Sandbox
from tests.stories.company import moment
from tests.telegram_bot.bot import Office, in_russian, running_bot, wait_for

NOON = moment("12:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create(username="anna", first_name="Anna", language="en")


@pytest.fixture
def boris(db: None) -> User:
    return User.objects.create(username="boris", first_name="Boris", team=Team.objects.create(name="Moscow"))


def claim(token: str, *, account: int = 500, now: object = NOON) -> LinkToken:
    return link_claim(token=token, telegram_id=account, chat_id=account, name="Anya", now=now)  # type: ignore[arg-type]


def link(user: User, *, account: int = 500) -> TelegramLink:
    invitation = claim(link_ask(user=user, now=NOON), account=account)
    return link_confirm(user=user, invitation_id=invitation.pk, actor=person(user, door=Door.ADMIN), now=NOON)


def refusal(token: str, **claimed: object) -> str:
    with pytest.raises(LinkRefused) as refused:
        claim(token, **claimed)  # type: ignore[arg-type]
    return refused.value.code


def test_both_sides_agree_and_the_account_is_linked(anna: User) -> None:
    token = link_ask(user=anna, now=NOON)
    assert link_pending(user=anna, now=NOON) is None
    invitation = claim(token)
    assert link_pending(user=anna, now=NOON) == invitation
    assert not TelegramLink.objects.exists()

    made = link_confirm(user=anna, invitation_id=invitation.pk, actor=person(anna, door=Door.ADMIN), now=NOON)

    assert (made.user, made.telegram_id, made.active, made.telegram_name) == (anna, 500, True, "Anya")
    assert Entry.objects.get().kind == "command.link_confirm"
    assert link_pending(user=anna, now=NOON) is None


def test_only_a_hash_of_the_secret_is_kept(anna: User) -> None:
    token = link_ask(user=anna, now=NOON)
    assert len(token) == 43
    assert token not in str(LinkToken.objects.values().get())


def test_an_invitation_lives_for_ten_minutes(anna: User) -> None:
    token = link_ask(user=anna, now=NOON)
    assert refusal(token, now=NOON + 10 * MINUTE) == "invalid"
    invitation = claim(token, now=NOON + 9 * MINUTE)
    with pytest.raises(LinkRefused):
        link_confirm(
            user=anna,
            invitation_id=invitation.pk,
            actor=person(anna, door=Door.ADMIN),
            now=NOON + 10 * MINUTE,
        )


def test_an_invitation_works_once(anna: User) -> None:
    token = link_ask(user=anna, now=NOON)
    invitation = claim(token)
    assert claim(token) == invitation  # the same account again: the same claim
    assert refusal(token, account=501) == "claimed"
    link_confirm(user=anna, invitation_id=invitation.pk, actor=person(anna, door=Door.ADMIN), now=NOON)
    assert refusal(token) == "invalid"
    with pytest.raises(LinkRefused):
        link_confirm(user=anna, invitation_id=invitation.pk, actor=person(anna, door=Door.ADMIN), now=NOON)


def test_a_newer_invitation_ends_the_older(anna: User) -> None:
    old, new = link_ask(user=anna, now=NOON), link_ask(user=anna, now=NOON)
    assert refusal(old) == "invalid"
    assert claim(new).user == anna


def test_an_account_belongs_to_one_person(anna: User, boris: User) -> None:
    link(anna)
    assert refusal(link_ask(user=boris, now=NOON)) == "account_taken"


def test_an_account_that_was_taken_meanwhile_is_not_linked(anna: User, boris: User) -> None:
    of_boris = claim(link_ask(user=boris, now=NOON))
    link(anna)
    with pytest.raises(LinkRefused) as refused:
        link_confirm(user=boris, invitation_id=of_boris.pk, actor=person(boris, door=Door.ADMIN), now=NOON)
    assert refused.value.code == "account_taken"


def test_nobody_confirms_for_another(anna: User, boris: User) -> None:
    invitation = claim(link_ask(user=anna, now=NOON))
    with pytest.raises(LinkRefused):
        link_confirm(user=boris, invitation_id=invitation.pk, actor=person(boris, door=Door.ADMIN), now=NOON)


def test_a_refused_claim_is_over(anna: User) -> None:
    invitation = claim(link_ask(user=anna, now=NOON))
    link_refuse(user=anna, invitation_id=invitation.pk, now=NOON)
    assert link_pending(user=anna, now=NOON) is None


def test_who_is_deactivated_is_not_linked(anna: User) -> None:
    token = link_ask(user=anna, now=NOON)
    User.objects.update(is_active=False)
    assert refusal(token) == "inactive"


def test_a_new_account_takes_the_place_of_the_old_one(anna: User) -> None:
    link(anna)
    link(anna, account=600)
    assert list(TelegramLink.objects.order_by("pk").values_list("telegram_id", "active")) == [
        (500, False),
        (600, True),
    ]


def test_a_link_can_be_dropped_once(anna: User) -> None:
    link(anna)
    actor = person(anna, door=Door.ADMIN)
    assert link_drop(user=anna, actor=actor, now=NOON)
    assert not link_drop(user=anna, actor=actor, now=NOON)
    assert not TelegramLink.objects.filter(active=True).exists()


def test_the_deep_link_is_followed_from_end_to_end(
    office: Office, sandbox: Sandbox, settings: Settings
) -> None:
    settings.TELEGRAM_API_URL = sandbox.url
    anna = office.hire("Anna", linked=False)
    sandbox.person(500, "Аня", last_name="\u202eИванова <b>")
    with running_bot(sandbox):
        token = link_ask(user=anna.user, now=clock.now())
        url = wait_for(lambda: link_url(token))
        assert url == f"{sandbox.url}/{sandbox.username}?start={token}"
        sandbox.start(500, token)
        said = wait_for(lambda: sandbox.sent(500))[0].text
        assert said.startswith("👋")
        assert "Anna" in said
        invitation = link_pending(user=anna.user, now=clock.now())
        assert invitation is not None
        assert invitation.claimed_name == "Аня Иванова <b>"
        link_confirm(
            user=anna.user,
            invitation_id=invitation.pk,
            actor=person(anna.user, door=Door.ADMIN),
            now=clock.now(),
        )
        wait_for(lambda: [m for m in sandbox.sent(500) if m.text.startswith("✅ Your Telegram is linked.")])
        order = office.order_now()
        wait_for(lambda: [m for m in sandbox.sent(500) if order.ref in m.text])


@pytest.mark.parametrize("payload", ["x", "A" * 43, "A" * 64, "-_-"])
def test_a_garbage_payload_is_refused_with_a_sentence(office: Office, sandbox: Sandbox, payload: str) -> None:
    sandbox.person(500, "Anya")
    with running_bot(sandbox):
        sandbox.start(500, payload)
        said = wait_for(lambda: sandbox.sent(500))[0].text
    assert said == in_russian("This link is used or too old. Open the panel and take a new one.")


def test_in_a_group_nobody_can_claim(office: Office, sandbox: Sandbox) -> None:
    anna = office.hire("Anna", linked=False)
    sandbox.person(500, "Anya")
    sandbox.group(-555, "Admins", [500])
    token = link_ask(user=anna.user, now=clock.now())
    with running_bot(sandbox):
        sandbox.write(500, f"/start {token}", -555)
        sandbox.write(500, "/chatid", -555)
        wait_for(lambda: sandbox.sent(-555))
    assert link_pending(user=anna.user, now=clock.now()) is None
