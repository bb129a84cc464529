from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    ASSIGN = "assign", _("to find an owner")
    ACCEPT = "accept", _("to accept")
    STAGE = "stage", _("for the stage")
    CLIENT_DECISION = "client_decision", _("for the client's decision")
    TASK = "task", _("for the task")
    BLOCKER = "blocker", _("for the blocker")
    APPROVAL = "approval", _("for the approval")
    SIGNAL = "signal", _("for the signal")
    CRISIS = "crisis", _("for the crisis")


class Mode(models.TextChoices):
    BUSINESS = "business", _("working hours")
    SHIFT = "shift", _("the manager's shifts")
    ELAPSED = "elapsed", _("round the clock")
