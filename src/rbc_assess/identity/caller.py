"""Who is calling and what they may do: permissions as plain predicates."""

from __future__ import annotations

from dataclasses import dataclass, field

from rbc_assess.errors import NotAllowed
from rbc_assess.identity.ids import is_id
from rbc_assess.identity.scopes import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: an organisation, through one of its credentials.

    ``livemode`` is False for a test key: it sees test data alone, and a live key sees live data alone.
    ``credential`` is the id of the key, of the client that a token was given to, or of the person in its organisation.
    ``use_due`` says that the credential's last use should be noted (see ``storage.keys.note_use``).
    """

    organisation: str
    kind: str
    scopes: frozenset[str]
    livemode: bool
    credential: str
    use_due: bool = field(default=False, compare=False)

    @property
    def client(self) -> str:
        """The program that is calling by OAuth; empty for keys and people, which come and go."""
        return self.credential if is_id("cli", self.credential) else ""


def may(caller: Caller, scope: Scope) -> bool:
    """Tell whether the caller's credential carries ``scope``."""
    return scope in caller.scopes


def require(caller: Caller, scope: Scope) -> None:
    """Stop a caller without ``scope``.

    Raises:
        NotAllowed: names the scope that is missing.
    """
    if not may(caller, scope):
        raise NotAllowed(
            en=f"The scope {scope} is missing; use a key or a role that has it, or ask for it.",
            ja=f"権限 {scope} がありません。権限のあるキーか役割を使うか、権限を申請してください。",
        )


def may_add_enterprises(caller: Caller) -> bool:
    """Tell whether the caller may enter enterprises other than itself: operators and intermediaries."""
    return caller.kind in {"operator", "intermediary"} and may(caller, Scope.ENTERPRISES_WRITE)


def may_act_for(caller: Caller, enterprise: str, created_by: str, *, livemode: bool) -> bool:
    """Tell whether an enterprise is the caller itself or one that it entered, in the caller's mode."""
    return livemode == caller.livemode and caller.organisation in {enterprise, created_by}
