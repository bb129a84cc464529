from core.models.calendars import Calendar
from core.models.duties import Duty
from core.models.heartbeats import Heartbeat
from core.models.journal import Entry
from core.models.keys import ApiKey, IdempotencyRecord
from core.models.outbox import Importance, Message, MessageStatus
from core.models.people import ChatGroup, LinkToken, Team, TelegramLink, User

__all__ = [
    "ApiKey",
    "Calendar",
    "ChatGroup",
    "Duty",
    "Entry",
    "Heartbeat",
    "IdempotencyRecord",
    "Importance",
    "LinkToken",
    "Message",
    "MessageStatus",
    "Team",
    "TelegramLink",
    "User",
]
