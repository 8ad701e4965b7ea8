"""Whatever is sent as a scheme, it is answered in our own words, and so is all that can be done with it then."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from starlette.testclient import TestClient
from tests.api.scheme_world import issuer, publishable, written
from tests.api.world import Parties
from tests.core.sample import Tree
from tests.core.scheme_sample import scheme_tree
from tests.promises.hostile import ESCAPES, TEXTS, TOKENS

from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

TRIES: Final = 60
PIECES: Final = (
    *(*TOKENS, *TEXTS, *ESCAPES),
    *(
        "- ",
        "? ",
        ": ",
        "\n",
        "  ",
        "\t",
        "&a",
        "*a",
        "!x",
        "|\n",
        ">\n",
        "#",
        "---\n",
        "...\n",
        "%",
        "'",
        '"',
    ),
)
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, Decimal("0.1"), Decimal("1e-7"), 9_007_199_254_740_991, "", "JP-27", "2026-02-30"),
    *("0001-01-01", "9999-12-31", [], {}, [[]], ["JP-27"], {"param": "min_overall"}, {"param": "x"}),
    *({"state": "unknown"}, {"en": "x"}, "score.overall", {"fact": "score.overall", "at_least": 60}),
    *({"all": []}, {"count": {"of": [], "at_least": 2}}, "a" * 5_000, "\U00020bb7"),
)


def whole() -> Tree:
    """A scheme with everything that a scheme can have."""
    given = publishable()
    kept = [one for one in scheme_tree()["requirements"] if one["id"] != "contact"]
    return scheme_tree(
        **{key: given[key] for key in ("version", "status", "accepts", "parameters", "cases")},
        requirements=kept,
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


def damaged_tree(chance: random.Random) -> str:
    tree = copy.deepcopy(chance.choice([publishable(), whole()]))
    for _ in range(chance.choice((1, 1, 2, 3))):
        *way, last = chance.choice(list(places(tree)))
        holder: Any = tree
        for step in way:
            holder = holder[step]
        match chance.randrange(5):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            case _:
                holder[last] = copy.deepcopy(chance.choice(VALUES))
    return written(tree)


def damaged_text(chance: random.Random) -> str:
    text = written(publishable())
    place = chance.randrange(len(text))
    return text[:place] + str(chance.choice(PIECES)) + text[place + chance.choice((0, 1, 20)) :]


def test_nothing_that_is_sent_as_a_scheme_breaks_anything(
    client: TestClient, store: Store, peppers: Peppers, parties: Parties
) -> None:
    chance = random.Random(27)
    prefecture = issuer(client, store, peppers, parties, "prefecture")
    seen: Counter[int] = Counter()
    begun = False
    for place in range(TRIES):
        text = damaged_text(chance) if place % 3 == 0 else damaged_tree(chance)
        media = "application/json" if place % 5 == 0 else "application/yaml"
        answered = [prefecture.put(text, media=media, tag="*" if begun else None)]
        if answered[0].status_code in {200, 201}:
            answered += [prefecture.check(), prefecture.get(), prefecture.approve()]
            begun = answered[-1].status_code != 201
            answered += [client.get("/v1/schemes?lang=ja"), client.get("/v1/schemes/jp-27-rbc?lang=ja")]
        for one in answered:
            seen[one.status_code] += 1
            assert one.status_code < 500, (text, one.text)
            kind = one.headers["content-type"]
            assert kind == ("application/json" if one.status_code < 300 else "application/problem+json")
    assert min(seen[status] for status in (200, 400, 422)) > 5, seen
