"""Drafts: every change on the revision that was read, no answer ever deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.storage.parties import NEWER, NOW, QUESTIONNAIRE, caller_of, chamber, firm, submission_of

from rbc_assess.errors import Conflict, InvalidInput, NotFound, StaleRevision
from rbc_assess.identity import Caller
from rbc_assess.storage.assessments import (
    Assessment,
    Draft,
    apply_changes,
    create_assessment,
    find_assessment,
    find_draft,
    list_assessments,
    mark_submitted,
    upgrade_to_edition,
)
from rbc_assess.storage.draft_answers import Move
from rbc_assess.storage.engine import Store
from rbc_assess.storage.submissions import record_submission

LATER = NOW + timedelta(minutes=1)


def begin(store: Store) -> tuple[Caller, Assessment]:
    with store.write() as connection:
        enterprise = firm(connection)
        made = create_assessment(
            connection,
            enterprise=enterprise.id,
            questionnaire=QUESTIONNAIRE,
            created_by=enterprise.id,
            now=NOW,
        )
    return caller_of(enterprise.id), made


def change(store: Store, draft: Assessment, expected: int, changes: dict[str, str | None]) -> Assessment:
    with store.write() as connection:
        return apply_changes(connection, draft, expected, changes, LATER)


def read(store: Store, caller: Caller, draft: Assessment) -> Draft:
    with store.read() as connection:
        return find_draft(connection, caller, draft.id)


def test_a_draft_comes_back_as_it_was_begun(store: Store) -> None:
    caller, made = begin(store)
    with store.read() as connection:
        assert find_assessment(connection, caller, made.id) == made
    assert (made.revision, made.state, made.questionnaire) == (1, "draft", QUESTIONNAIRE)


def test_others_find_nothing(store: Store) -> None:
    caller, made = begin(store)
    other, _ = begin(store)
    with store.write() as connection:
        strangers = [other, chamber(connection), replace(caller, livemode=False)]
    with store.read() as connection:
        for stranger in strangers:
            with pytest.raises(NotFound):
                find_draft(connection, stranger, made.id)
        for wrong in ("", "asm_", "\x00", "\ud800", made.id.replace("asm_", "sub_")):
            with pytest.raises(NotFound):
                find_draft(connection, caller, wrong)


def test_answers_are_put_replaced_and_cleared(store: Store) -> None:
    caller, made = begin(store)
    changed = change(store, made, 1, {"a": '{"value":1}', "b": '{"value":2}'})
    assert (changed.revision, changed.updated_at) == (2, LATER)
    change(store, made, 2, {"a": '{"value":3}', "b": None})
    draft = read(store, caller, made)
    assert draft.sheet == {"a": '{"value":3}'}
    assert draft.assessment.revision == 3
    assert {one.question: (one.answer, one.revision) for one in draft.answers} == {
        "a": ('{"value":3}', 3),
        "b": (None, 3),
    }


def test_a_change_of_nothing_changes_nothing(store: Store) -> None:
    caller, made = begin(store)
    assert change(store, made, 1, {}) == made
    with pytest.raises(StaleRevision):
        change(store, made, 2, {})
    assert read(store, caller, made).assessment == made


def test_a_stale_change_is_told_what_changed_since(store: Store) -> None:
    caller, made = begin(store)
    change(store, made, 1, {"a": "1", "b": "1", "c": "1"})
    change(store, made, 2, {"b": "2"})
    change(store, made, 3, {"c": None, "d": "4"})
    with pytest.raises(StaleRevision) as caught:
        change(store, made, 2, {"a": "mine"})
    assert caught.value.current == 4
    assert caught.value.changed == {"b": 3, "c": 4, "d": 4}
    assert read(store, caller, made).sheet == {"a": "1", "b": "2", "d": "4"}


def test_of_many_changes_at_once_one_wins(database_url: str) -> None:
    with Store.open(database_url, pool_timeout=30, lock_timeout=30, statement_timeout=60) as store:
        caller, made = begin(store)

        def attempt(number: int) -> bool:
            try:
                change(store, made, 1, {f"q{number}": str(number)})
            except StaleRevision:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(attempt, range(16)))
        assert won.count(True) == 1
        draft = read(store, caller, made)
        assert draft.sheet == {f"q{won.index(True)}": str(won.index(True))}
        assert draft.assessment.revision == 2


MOVES = (
    Move("renamed", "renamed-to", "1"),
    Move("mapped", "mapped", '"new"'),
    Move("asked", "asked", ask_again=True),
    Move("asked-elsewhere", "elsewhere", '"old"', ask_again=True),
    Move("dropped", None),
)
BEFORE: dict[str, str | None] = {
    "kept": "0",
    "renamed": "1",
    "mapped": '"old"',
    "asked": "3",
    "asked-elsewhere": '"old"',
    "dropped": "5",
}


def upgrade(store: Store, draft: Assessment, expected: int = 2) -> Assessment:
    with store.write() as connection:
        return upgrade_to_edition(connection, draft, expected, NEWER, MOVES, LATER)


def test_an_upgrade_moves_answers_and_deletes_none(store: Store) -> None:
    caller, made = begin(store)
    change(store, made, 1, BEFORE)
    upgraded = upgrade(store, made)
    assert (upgraded.revision, upgraded.questionnaire) == (3, NEWER)
    draft = read(store, caller, made)
    assert draft.assessment == upgraded
    assert draft.sheet == {"kept": "0", "renamed-to": "1", "mapped": '"new"'}
    assert draft.ask_again == {"asked": "3", "elsewhere": '"old"'}
    rows = {(one.question, one.edition): (one.answer, one.standing, one.revision) for one in draft.answers}
    assert rows == {
        ("kept", "1.0.0"): ("0", "current", 2),
        ("renamed", "1.0.0"): ("1", "dropped", 3),
        ("renamed-to", "2.0.0"): ("1", "current", 3),
        ("mapped", "1.0.0"): ('"old"', "replaced", 3),
        ("mapped", "2.0.0"): ('"new"', "current", 3),
        ("asked", "1.0.0"): ("3", "ask_again", 3),
        ("asked-elsewhere", "1.0.0"): ('"old"', "dropped", 3),
        ("elsewhere", "2.0.0"): ('"old"', "ask_again", 3),
        ("dropped", "1.0.0"): ("5", "dropped", 3),
    }


def test_answering_after_an_upgrade_keeps_the_former_answer(store: Store) -> None:
    caller, made = begin(store)
    change(store, made, 1, BEFORE)
    upgraded = upgrade(store, made)
    change(store, upgraded, 3, {"kept": "10", "asked": "13", "elsewhere": "14"})
    change(store, upgraded, 4, {"asked": None})
    draft = read(store, caller, made)
    assert draft.sheet == {"kept": "10", "renamed-to": "1", "mapped": '"new"', "elsewhere": "14"}
    assert draft.ask_again == {}
    former = {(one.question, one.answer) for one in draft.answers if one.edition == "1.0.0"}
    assert former == set(BEFORE.items())


def test_a_stale_upgrade_moves_nothing(store: Store) -> None:
    caller, made = begin(store)
    change(store, made, 1, BEFORE)
    with pytest.raises(StaleRevision) as caught:
        upgrade(store, made, expected=1)
    assert set(caught.value.changed) == set(BEFORE)
    assert read(store, caller, made).sheet == BEFORE


def test_a_draft_is_submitted_once(store: Store) -> None:
    caller, made = begin(store)
    change(store, made, 1, {"a": "1"})

    def submit(expected: int) -> Assessment:
        with store.write() as connection:
            enterprise = replace(firm(connection), id=made.enterprise)
            submission = submission_of(enterprise, assessment=made.id)
            marked = mark_submitted(connection, made, expected, submission.id, LATER)
            record_submission(connection, submission)
            return marked

    with pytest.raises(StaleRevision) as stale:
        submit(1)
    assert stale.value.changed == {"a": 2}
    done = submit(2)
    assert read(store, caller, made).assessment == replace(done, revision=2)
    attempts: list[Callable[[], Assessment]] = [
        lambda: submit(2),
        lambda: change(store, made, 2, {"a": "2"}),
        lambda: upgrade(store, made),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict) as caught:
            attempt()
        assert caught.value.code == "already-submitted"
    assert read(store, caller, made).sheet == {"a": "1"}
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM submission")).scalar_one() == 1


def test_lists_are_one_enterprises(store: Store) -> None:
    caller, first = begin(store)
    begin(store)
    with store.write() as connection:
        more = [
            create_assessment(
                connection,
                enterprise=first.enterprise,
                questionnaire=QUESTIONNAIRE,
                created_by=caller.organisation,
                now=NOW + timedelta(seconds=number),
            )
            for number in range(2)
        ]
    with store.read() as connection:
        page = list_assessments(connection, first.enterprise, limit=2)
        assert [one.id for one in page.items] == [more[1].id, more[0].id]
        rest = list_assessments(connection, first.enterprise, limit=2, after=page.next_place)
        assert rest == ((first,), None)
        with pytest.raises(InvalidInput):
            list_assessments(connection, first.enterprise, limit=2, after=first.enterprise)
