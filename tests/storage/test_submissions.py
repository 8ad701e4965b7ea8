"""Submissions: kept as they were, found by those who act for the firm alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from tests.storage.parties import NOW, QUESTIONNAIRE, caller_of, chamber, firm, submission_of

from rbc_assess.core.document import Identity
from rbc_assess.errors import NotFound
from rbc_assess.identity import new_id
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import Coded, Enterprise
from rbc_assess.storage.submissions import (
    Figures,
    Submission,
    find_submission,
    latest_submission,
    list_submissions,
    record_submission,
    withdraw_submission,
)


def enter(store: Store, *submissions: Submission) -> None:
    with store.write() as connection:
        for submission in submissions:
            record_submission(connection, submission)


def a_firm(store: Store) -> Enterprise:
    with store.write() as connection:
        return firm(connection)


def test_a_submission_comes_back_as_it_was(store: Store) -> None:
    enterprise = a_firm(store)
    full = submission_of(enterprise)
    bare = replace(
        submission_of(enterprise),
        country=None,
        coded=Coded(),
        figures=Figures(None, None, None, 0, 0, 0, None),
    )
    enter(store, full, bare)
    with store.read() as connection:
        for one in (full, bare):
            assert find_submission(connection, caller_of(enterprise.id), one.id) == one


def test_others_find_nothing(store: Store) -> None:
    with store.write() as connection:
        adviser, stranger = chamber(connection), chamber(connection)
        enterprise = firm(connection, created_by=adviser.organisation)
        other = firm(connection)
    submission = submission_of(enterprise)
    enter(store, submission)
    with store.read() as connection:
        assert find_submission(connection, adviser, submission.id) == submission
        for caller in (stranger, caller_of(other.id), replace(adviser, livemode=False)):
            with pytest.raises(NotFound):
                find_submission(connection, caller, submission.id)
        for wrong in ("", "sub_x", "\x00", "\ud800", enterprise.id):
            with pytest.raises(NotFound):
                find_submission(connection, adviser, wrong)


def test_the_latest_that_was_not_withdrawn(store: Store) -> None:
    enterprise, other = a_firm(store), a_firm(store)
    later = NOW + timedelta(seconds=1)
    first, second = submission_of(enterprise), submission_of(enterprise, now=later)
    elsewhere = replace(
        submission_of(enterprise, now=later + timedelta(days=1)),
        questionnaire=Identity("full-check", "1.0.0", "e" * 64),
    )
    enter(store, second, first, elsewhere, submission_of(other, now=later + timedelta(days=2)))
    with store.write() as connection:
        assert latest_submission(connection, enterprise.id, QUESTIONNAIRE.id) == second
        withdraw_submission(connection, second, later)
        assert latest_submission(connection, enterprise.id, QUESTIONNAIRE.id) == first
        withdraw_submission(connection, first, later)
        assert latest_submission(connection, enterprise.id, QUESTIONNAIRE.id) is None


def test_of_two_in_one_instant_the_later_id_is_the_latest(store: Store) -> None:
    enterprise = a_firm(store)
    pair = [submission_of(enterprise), submission_of(enterprise)]
    enter(store, *reversed(pair))
    with store.read() as connection:
        assert latest_submission(connection, enterprise.id, QUESTIONNAIRE.id) == pair[1]


def test_a_withdrawal_is_set_once_and_the_submission_stays(store: Store) -> None:
    enterprise = a_firm(store)
    submission = submission_of(enterprise)
    enter(store, submission)
    with store.write() as connection:
        withdrawn = withdraw_submission(connection, submission, NOW)
        assert withdrawn == replace(submission, withdrawn_at=NOW)
        assert withdraw_submission(connection, submission, NOW + timedelta(days=1)) == withdrawn
        assert find_submission(connection, caller_of(enterprise.id), submission.id) == withdrawn


def test_a_submission_of_nobody_is_refused(store: Store) -> None:
    ghost = replace(a_firm(store), id=new_id("ent", NOW))
    with pytest.raises(IntegrityError):
        enter(store, submission_of(ghost))


def test_lists_are_one_enterprises_newest_first(store: Store) -> None:
    enterprise = a_firm(store)
    five = [submission_of(enterprise, now=NOW + timedelta(seconds=number)) for number in range(5)]
    enter(store, *five, submission_of(a_firm(store)))
    with store.read() as connection:
        page = list_submissions(connection, enterprise.id, limit=2)
        assert (page.items[0].overall_tenths, page.items[0].band) == (713, "practising")
        seen = [one.id for one in page.items]
        while page.next_place is not None:
            page = list_submissions(connection, enterprise.id, limit=2, after=page.next_place)
            seen += [one.id for one in page.items]
    assert seen == [one.id for one in reversed(five)]
