"""Letters: what an error of the mail server means."""

import smtplib
import socket

import pytest
from django.core import mail
from pytest_django import Settings

from core.models import Message
from telegram_bot.policies.outcomes import Kind
from telegram_bot.sandbox.server import Sandbox
from telegram_bot.sending.letters import classify
from tests.telegram_bot.bot import Office, running_bot, status, wait_for


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), Kind.NOT_SENT),
        (socket.gaierror(), Kind.NOT_SENT),
        (smtplib.SMTPConnectError(421, b"busy"), Kind.NOT_SENT),
        (smtplib.SMTPHeloError(500, b"?"), Kind.NOT_SENT),
        (smtplib.SMTPAuthenticationError(535, b"no"), Kind.LOCKED_OUT),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such user")}), Kind.UNREACHABLE),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"try later")}), Kind.NOT_SENT),
        (smtplib.SMTPSenderRefused(550, b"no", "a@b"), Kind.REFUSED),
        (smtplib.SMTPDataError(554, b"spam"), Kind.REFUSED),
        (smtplib.SMTPDataError(451, b"later"), Kind.NOT_SENT),
        (smtplib.SMTPServerDisconnected(), Kind.UNKNOWN),
        (TimeoutError(), Kind.UNKNOWN),
        (ValueError(), Kind.UNKNOWN),
    ],
)
def test_an_error_means(error: Exception, kind: Kind) -> None:
    assert classify(error).kind == kind


def test_nobodys_address_is_repeated_in_the_reason() -> None:
    refused = smtplib.SMTPRecipientsRefused({"anna@rop.example": (550, b"anna@rop.example unknown")})
    assert "anna" not in classify(refused).reason


def test_who_works_without_telegram_gets_plain_letters_that_say_at_once_what_to_do(
    office: Office, sandbox: Sandbox, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://rop.example/"
    anna = office.hire("Anna", linked=False)
    anna.works_without_telegram = True
    anna.save(update_fields=["works_without_telegram"])
    with running_bot(sandbox):
        order = office.order_now()
        letter = wait_for(lambda: mail.outbox)[0]
    assert letter.to == ["anna@rop.example"]
    assert letter.subject.startswith(f"🔹 Accept {order.ref} by")
    assert letter.body.startswith(letter.subject)
    assert letter.body.endswith(f"\n\nhttps://rop.example/admin/orders/order/{order.pk}/change/")
    assert "<b>" not in letter.body


def test_without_a_mail_server_the_letter_waits(office: Office, sandbox: Sandbox, settings: Settings) -> None:
    anna = office.hire("Anna")
    sandbox.block(7000 + anna.user_id)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with running_bot(sandbox):
        order = office.order_now()
        message = Message.objects.get(template="order_new", order_id=order.pk)
        wait_for(lambda: status(message) == "failed" and message.attempts > 0, seconds=5)
        assert message.error.startswith("ConnectionRefusedError")
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        wait_for(lambda: status(message) == "sent", seconds=15)
    assert len(mail.outbox) == 1
