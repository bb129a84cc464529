"""Who calls: a person by a personal token, or an agent by its key. `Authorization: Bearer <key>`."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from core import actors, clock
from core.actors import Actor, Door
from core.addresses import client_address
from core.buckets import buckets
from core.models import ApiKey, User
from core.services.keys import key_find, key_used

SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class AgentPrincipal:
    """Who is behind an agent's key, in the place where a person's token has a `User`."""

    source: str
    pk: None = None
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.source


class KeyAuthentication(BaseAuthentication):
    """`request.user` is the person or an AgentPrincipal, `request.auth` the key.

    An address that fails too often is told to wait. A good key is let through from there all the same: a secret of
    256 bits is not guessed, and nobody shall lock out the others behind one address by failing on purpose.
    """

    def authenticate(self, request: Request) -> tuple[User | AgentPrincipal, ApiKey] | None:
        try:
            return self._known(request)
        except AuthenticationFailed:
            address = client_address(request._request)
            if wait := buckets.pour(f"failed:{address}", per_minute=settings.API_RATES["failed"]):
                raise Throttled(wait) from None
            raise

    def _known(self, request: Request) -> tuple[User | AgentPrincipal, ApiKey] | None:
        scheme, _space, plain = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != SCHEME.lower():
            raise AuthenticationFailed(_("Use “Authorization: Bearer <key>”."), code="invalid_key")
        key = key_find(plain.strip())
        if key is None:
            raise AuthenticationFailed(_("There is no such key."), code="invalid_key")
        now = clock.now()
        if key.revoked_at is not None:
            raise AuthenticationFailed(_("The key was revoked."), code="revoked_key")
        if key.expires_at is not None and key.expires_at <= now:
            raise AuthenticationFailed(_("The key has expired."), code="expired_key")
        if key.user is not None and not key.user.is_active:
            raise AuthenticationFailed(_("The key's person is not active any more."), code="revoked_key")
        key_used(key, now=now)
        return key.user or AgentPrincipal(key.source), key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


def key_of(request: Request) -> ApiKey:
    """The key of a request that has passed its permissions."""
    key = request.auth
    if not isinstance(key, ApiKey):
        raise TypeError("a request without a key reached a door that asks whose it is")
    return key


def actor_of(request: Request) -> Actor:
    """Who acts through this request; read once."""
    known: Actor | None = getattr(request, "_actor", None)
    if known is None:
        key = key_of(request)
        known = actors.person(key.user, door=Door.API) if key.user else actors.agent(key.pk)
        request._actor = known  # type: ignore[attr-defined]
    return known
