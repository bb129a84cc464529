"""Messages as plain letters, for people whom Telegram does not reach."""

import smtplib
import socket

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from core.logs import mask
from telegram_bot.policies.outcomes import Kind, Outcome
from telegram_bot.sending.prepare import Ready

PERMANENT = 500


def send(ready: Ready) -> Outcome:
    """One letter by Django's mail backend. Blocks for as long as its timeout says."""
    letter = EmailMessage(
        subject=ready.rendered.subject,
        body=_body(ready),
        to=[ready.email],
        headers={"X-Message": str(ready.message.pk)},
    )
    try:
        letter.send()
    except Exception as error:
        return classify(error)
    return Outcome(Kind.SENT)


def _body(ready: Ready) -> str:
    """With the way to the order: a letter has no buttons."""
    if not settings.PUBLIC_URL or ready.message.order_id is None:
        return ready.rendered.body
    page = reverse("admin:orders_order_change", args=[ready.message.order_id])
    return f"{ready.rendered.body}\n\n{settings.PUBLIC_URL.rstrip('/')}{page}"


def classify(error: Exception) -> Outcome:
    """What an error of sending means. Anything unknown may have happened after the letter was taken."""
    reason = mask(f"{type(error).__name__}: {error}")
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _text in error.recipients.values()]
            permanent = all(code >= PERMANENT for code in codes)
            return Outcome(Kind.UNREACHABLE if permanent else Kind.NOT_SENT, _refusal(codes))
        case smtplib.SMTPAuthenticationError():
            return Outcome(Kind.LOCKED_OUT, reason)
        case (
            smtplib.SMTPConnectError()
            | smtplib.SMTPHeloError()
            | ConnectionRefusedError()
            | socket.gaierror()
        ):
            return Outcome(Kind.NOT_SENT, reason)
        case smtplib.SMTPResponseException():
            return Outcome(Kind.REFUSED if error.smtp_code >= PERMANENT else Kind.NOT_SENT, reason)
        case _:
            return Outcome(Kind.UNKNOWN, reason)


def _refusal(codes: list[int]) -> str:
    """Without the address: it is a person's."""
    return f"the mail server refuses the address ({', '.join(map(str, codes))})"
