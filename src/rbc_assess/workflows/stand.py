"""What stands for an enterprise in the population, also after a withdrawal and in a database from before.

A new submission stands at once (``submit.record``); here it is made out of what is stored.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from rbc_assess.core.answers import read_stored_sheet
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import Standing, facts_of
from rbc_assess.core.eligibility_facts import stored_facts
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_conditions import vocabulary
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.isolation import is_held_back
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.layouts import layout_of
from rbc_assess.storage.standings import (
    next_to_stand,
    nobody_stands,
    prepare_standing,
    record_standing,
    remove_standing,
)
from rbc_assess.storage.submissions import Submission, submissions_after, withdraw_submission
from rbc_assess.workflows.recall import documents_of

_AT_ONCE = 200


def withdraw(connection: Connection, catalogue: Catalogue, found: Submission, now: datetime) -> Submission:
    """Withdraw a found submission; the one before it stands again, if there is one that was not withdrawn."""
    withdrawn = withdraw_submission(connection, found, now)
    if remove_standing(connection, found):
        left = next_to_stand(connection, found)
        if left is not None:
            stand(connection, catalogue, left)
    return withdrawn


def stand(connection: Connection, catalogue: Catalogue, submission: Submission) -> None:
    """Let a stored submission stand for its enterprise, unless a later one does."""
    questionnaire, criteria, country = documents_of(connection, catalogue, submission)
    layout = layout_of(connection, questionnaire, criteria)
    facts = _facts(submission, questionnaire, criteria, country)
    kept = prepare_standing(layout, facts, submission.as_of, criteria.critical_ids)
    record_standing(connection, submission, kept)


def _facts(
    submission: Submission, questionnaire: Questionnaire, criteria: Criteria, country: Country | None
) -> Facts:
    stored, answers = read_raw_json(submission.facts), read_raw_json(submission.answers)
    assert isinstance(stored, dict)
    assert isinstance(answers, dict)
    standing = Standing(
        questionnaire=questionnaire,
        criteria=criteria,
        country=country,
        profile=read_profile(read_raw_json(submission.profile)).profile,
        sheet=read_stored_sheet(questionnaire, answers),
        scored=stored_facts(stored, vocabulary(questionnaire, criteria)),
        assessed_on=submission.as_of,
    )
    return facts_of(standing, submission.as_of).facts


def stand_all(store: Store, catalogue: Catalogue) -> int:
    """Let every submission stand in a database that has submissions from before there were standings; how many.

    In one transaction: a start that is ended in the middle begins again at the next. Whom row-level security holds
    back leaves it to the worker: it would read millions of rows to find that it may see none.
    """
    with store.read() as connection:
        if is_held_back(connection) or not nobody_stands(connection):
            return 0
    number, last = 0, ("", "")
    with store.write() as connection:
        while some := submissions_after(connection, *last, at_most=_AT_ONCE):
            for submission in some:
                stand(connection, catalogue, submission)
            number += len(some)
            last = some[-1].enterprise, some[-1].id
    return number
