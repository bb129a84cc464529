"""Who acts, through which door, and what they may do."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.people import User


class ActorKind(models.TextChoices):
    PERSON = "person", _("person")
    AGENT = "agent", _("agent")
    ROP = "rop", _("AI-ROP")
    OUTSIDE = "outside", _("outside world")


class Door(models.TextChoices):
    ADMIN = "admin", _("admin")
    API = "api", _("API")
    BOT = "bot", _("Telegram")
    IMPORT = "import", _("import")
    SHELL = "shell", _("shell")
    LOOP = "loop", _("loop")
    SIMULATION = "simulation", _("simulation")


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is a user's id for a person, a key's id for an agent, None for AI-РОП itself."""

    kind: ActorKind
    door: Door
    id: int | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether the actor holds "app.codename"."""
        return permission in self.permissions

    @property
    def user_id(self) -> int | None:
        return self.id if self.kind == ActorKind.PERSON else None


def person(user: User, *, door: Door) -> Actor:
    """The actor for a user; a deactivated user has no permissions at all."""
    permissions = frozenset(user.get_all_permissions()) if user.is_active else frozenset()
    return Actor(kind=ActorKind.PERSON, door=door, id=user.pk, permissions=permissions)


def rop(*, door: Door = Door.LOOP) -> Actor:
    """AI-РОП itself. It holds no permission: what it may do alone is decided by the plan."""
    return Actor(kind=ActorKind.ROP, door=door)


def agent(key_id: int, *, door: Door = Door.API) -> Actor:
    """Another software agent or the intake, known by its key. It holds no permission of people."""
    return Actor(kind=ActorKind.AGENT, door=door, id=key_id)
