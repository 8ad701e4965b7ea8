"""What can happen that others are told of: the types of events, and what each means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EVENT_TYPES: Final[Mapping[str, str]] = {
    "assessment.submitted": "A sheet was submitted; `object` is the submission.",
    "assessment.expiring": "A submission will soon be too old for schemes that accept it; `until` is its last day.",
    "decision.created": "A decision was recorded; `object` is the decision.",
    "decision.expiring": "A decision will soon run out; `until` is its last day.",
    "consent.granted": "An enterprise let a recipient look; `object` is the consent.",
    "consent.revoked": "A consent was withdrawn.",
    "scheme.published": "A version of a scheme was published; `object` is the scheme.",
    "scheme.retired": "A version of a scheme is used for no new decisions any more.",
    "batch.completed": "A batch has come to its end; `outcome` says how: `completed` or `failed`.",
}
"""Each type with a sentence for whoever writes a program. Events are thin: they carry ids and an outcome, no more."""
