from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from core.models import IdempotencyRecord, LinkToken

IDEMPOTENCY_KEPT = timedelta(hours=72)
LINK_TOKENS_KEPT = timedelta(days=7)


def forget_old(*, now: datetime) -> int:
    """Delete what was promised to be kept only so long. Returns how many rows went."""
    answers, _by_model = IdempotencyRecord.objects.filter(created_at__lt=now - IDEMPOTENCY_KEPT).delete()
    tokens, _by_model = LinkToken.objects.filter(created_at__lt=now - LINK_TOKENS_KEPT).delete()
    sessions, _by_model = Session.objects.filter(expire_date__lt=now).delete()
    return answers + tokens + sessions
