"""What the sandbox's pages say, in two languages."""

from __future__ import annotations

from .en import WORDS as EN
from .ru import WORDS as RU

LANGUAGES = {"ru": RU, "en": EN}
DEFAULT = "ru"
