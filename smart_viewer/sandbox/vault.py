"""Launch values, codes and tokens: all opaque, all in memory.

Every value is single-purpose and expires; codes and refresh tokens work once,
and a second use revokes what came of the first (RFC 9700 2.2.2, 4.14).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from smart_viewer.sandbox.launchforms import ContextForm
from smart_viewer.sandbox.scopes import ScopeSet
from smart_viewer.sandbox.shelf import Shelf

LAUNCH_LIFETIME_S = 600
PICK_LIFETIME_S = 600
CODE_LIFETIME_S = 60
ONLINE_LIFETIME_S = 8 * 3600
OFFLINE_LIFETIME_S = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """What the user was looking at; order and encounter are None if standalone.

    form: how the token response says it.
    """

    patient_id: str | None
    encounter_id: str | None = None
    order_id: str | None = None
    display: Literal["tab", "frame"] = "tab"
    form: ContextForm = "order"


@dataclass(frozen=True, slots=True)
class Launch:
    """A click on Launch, waiting for the app's authorize request."""

    client_id: str
    context: LaunchContext


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """A checked authorize request."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    nonce: str | None
    scopes: ScopeSet

    def with_scopes(self, scopes: ScopeSet) -> AuthorizeRequest:
        """The same request with other scopes granted."""
        return replace(self, scopes=scopes)


@dataclass(slots=True)
class Grant:
    """What one authorization gave; `revoked` ends every token of it."""

    request: AuthorizeRequest
    context: LaunchContext
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token; a refresh may have narrowed its scopes."""

    grant: Grant
    scopes: ScopeSet
    issued_at: float
    expires_at: float


@dataclass(slots=True)
class _Spendable:
    """A code or a refresh token: works once, remembered after use."""

    grant: Grant
    expires_at: float
    used: bool = False


class Vault:
    """Everything the authorization server remembers. Safe between threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._launches: Shelf[Launch] = Shelf()
        self._picks: Shelf[AuthorizeRequest] = Shelf()
        self._codes: Shelf[_Spendable] = Shelf()
        self._access: Shelf[AccessToken] = Shelf()
        self._refresh: Shelf[_Spendable] = Shelf()
        self._assertions: dict[str, float] = {}

    def add_launch(self, launch: Launch) -> str:
        """The opaque `launch` value of one click."""
        with self._lock:
            now = self._clock()
            return self._launches.add(launch, now + LAUNCH_LIFETIME_S, now)

    def take_launch(self, value: str, client_id: str) -> Launch | None:
        """The click behind `value`, once, for the app that it was made for."""
        with self._lock:
            launch = self._launches.find(value, self._clock())
            if launch is None or launch.client_id != client_id:
                return None
            return self._launches.take(value, self._clock())

    def add_pick(self, request: AuthorizeRequest) -> str:
        """A standalone request that waits for the user to choose a patient."""
        with self._lock:
            now = self._clock()
            return self._picks.add(request, now + PICK_LIFETIME_S, now)

    def take_pick(self, value: str) -> AuthorizeRequest | None:
        """The waiting request, once."""
        with self._lock:
            return self._picks.take(value, self._clock())

    def add_code(self, grant: Grant) -> str:
        """An authorization code, good for one minute and one use."""
        with self._lock:
            now = self._clock()
            spendable = _Spendable(grant, now + CODE_LIFETIME_S)
            return self._codes.add(spendable, now + OFFLINE_LIFETIME_S, now)

    def spend_code(self, value: str) -> Grant | None:
        """The grant of an unused, unexpired code; a replay revokes the grant."""
        return self._spend(self._codes, value)

    def add_access(self, grant: Grant, scopes: ScopeSet, lifetime_s: float) -> str:
        """A bearer token for `scopes` of the grant."""
        with self._lock:
            now = self._clock()
            token = AccessToken(grant, scopes, now, now + lifetime_s)
            return self._access.add(token, now + lifetime_s, now)

    def find_access(self, value: str) -> AccessToken | None:
        """The living access token of that value."""
        with self._lock:
            token = self._access.find(value, self._clock())
            return None if token is None or token.grant.revoked else token

    def add_refresh(self, grant: Grant) -> str:
        """A refresh token that lives as long as its scope says."""
        offline = "offline_access" in grant.request.scopes.plain
        lifetime_s = OFFLINE_LIFETIME_S if offline else ONLINE_LIFETIME_S
        with self._lock:
            now = self._clock()
            spendable = _Spendable(grant, now + lifetime_s)
            return self._refresh.add(spendable, now + OFFLINE_LIFETIME_S, now)

    def find_refresh(self, value: str) -> Grant | None:
        """The grant of a living refresh token, without using it."""
        with self._lock:
            token = self._refresh.find(value, self._clock())
            dead = token is None or token.used or token.grant.revoked
            return None if dead or token is None else token.grant

    def spend_refresh(self, value: str) -> Grant | None:
        """The grant of an unused refresh token; a second use revokes the grant."""
        return self._spend(self._refresh, value)

    def _spend(self, shelf: Shelf[_Spendable], value: str) -> Grant | None:
        with self._lock:
            now = self._clock()
            token = shelf.find(value, now)
            if token is None:
                return None
            if token.used:
                token.grant.revoked = True
                return None
            token.used = True
            living = token.expires_at > now and not token.grant.revoked
            return token.grant if living else None

    def revoke(self, value: str, client_id: str) -> None:
        """End a token of that client; a refresh token takes its grant along."""
        with self._lock:
            refresh = self._refresh.find(value, self._clock())
            if refresh and refresh.grant.request.client_id == client_id:
                refresh.grant.revoked = True
            access = self._access.find(value, self._clock())
            if access and access.grant.request.client_id == client_id:
                self._access.take(value, self._clock())

    def first_sight(self, assertion_id: str, expires_at: float) -> bool:
        """Whether this `jti` was not seen before in its life."""
        with self._lock:
            now = self._clock()
            self._assertions = {k: v for k, v in self._assertions.items() if v > now}
            if assertion_id in self._assertions:
                return False
            self._assertions[assertion_id] = expires_at
            return True
