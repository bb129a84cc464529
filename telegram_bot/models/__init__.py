from telegram_bot.models.dialogues import Awaits, Dialogue, Screen, Talk
from telegram_bot.models.files import FINISHED, FileState, IncomingFile
from telegram_bot.models.updates import Update, UpdateState

__all__ = [
    "FINISHED",
    "Awaits",
    "Dialogue",
    "FileState",
    "IncomingFile",
    "Screen",
    "Talk",
    "Update",
    "UpdateState",
]
