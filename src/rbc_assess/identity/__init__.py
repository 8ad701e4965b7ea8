"""Who is calling and what they may do: ids, API keys, scopes, permissions as plain predicates. No I/O."""

from __future__ import annotations

from rbc_assess.identity.api_keys import ApiKey, is_key_id, new_api_key, new_client_secret, read_api_key
from rbc_assess.identity.caller import Caller, may, may_act_for, may_add_enterprises, require
from rbc_assess.identity.checkpoint_keys import CheckpointKeys, is_signed
from rbc_assess.identity.ids import IdPrefix, is_id, is_party, new_id
from rbc_assess.identity.peppers import Peppers, derive
from rbc_assess.identity.roles import (
    ROLE_MEANINGS,
    ROLES,
    is_person,
    read_address,
    roles_of,
    scopes_of_role,
)
from rbc_assess.identity.scopes import FOR_CREDENTIALS, KINDS, SCOPE_MEANINGS, Scope, scopes_of
from rbc_assess.identity.sealing import DataKey, Keyring, Place, SealBroken, Wrapped, address_mac, number_mac
from rbc_assess.identity.signing_secrets import Sealer, WrongSeal
from rbc_assess.identity.slips import Slip, is_mark, new_mark, new_slip, read_slip

__all__ = [
    "FOR_CREDENTIALS",
    "KINDS",
    "ROLES",
    "ROLE_MEANINGS",
    "SCOPE_MEANINGS",
    "ApiKey",
    "Caller",
    "CheckpointKeys",
    "DataKey",
    "IdPrefix",
    "Keyring",
    "Peppers",
    "Place",
    "Scope",
    "SealBroken",
    "Sealer",
    "Slip",
    "Wrapped",
    "WrongSeal",
    "address_mac",
    "derive",
    "is_id",
    "is_key_id",
    "is_mark",
    "is_party",
    "is_person",
    "is_signed",
    "may",
    "may_act_for",
    "may_add_enterprises",
    "new_api_key",
    "new_client_secret",
    "new_id",
    "new_mark",
    "new_slip",
    "number_mac",
    "read_address",
    "read_api_key",
    "read_slip",
    "require",
    "roles_of",
    "scopes_of",
    "scopes_of_role",
]
