"""Rules that AI-РОП goes by. A published version never changes; a new one begins as a draft of the one in force."""

from panel.admin.rules.calendars import CalendarAdmin
from panel.admin.rules.matrix import MatrixAdmin
from panel.admin.rules.terms import TermsAdmin
from panel.admin.rules.weights import WeightTableAdmin

__all__ = ["CalendarAdmin", "MatrixAdmin", "TermsAdmin", "WeightTableAdmin"]
