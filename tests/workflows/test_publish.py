"""From a draft to a version: once, for good, whatever happens at the same moment, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.api.scheme_world import publishable, written
from tests.api.world import NOW, write_documents

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.errors import Conflict, NotFound, NotPublishable, NotTheIssuer, RbcError, SecondPersonNeeded
from rbc_assess.identity import Caller, scopes_of
from rbc_assess.storage import schemes
from rbc_assess.storage.documents import find_document
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.scheme_drafts import SchemeDraft, begin_draft, change_draft, find_draft
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows.publish import CheckedDraft, check, publish, typed_draft
from rbc_assess.workflows.schemes import load
from rbc_assess.workflows.seed import seed


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(
        database_url, pool_size=8, pool_timeout=30, lock_timeout=30, statement_timeout=30
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_catalogue(write_documents(tmp_path_factory.mktemp("documents")))


def issuer(store: Store, kind: str = "local_government", *, livemode: bool = True) -> Caller:
    with store.write() as connection:
        made = create_organisation(connection, kind, kind, livemode=livemode, now=NOW)
    return Caller(made.id, kind, scopes_of(kind), livemode, "drafter")


def second(caller: Caller) -> Caller:
    return replace(caller, credential="approver")


def drafted(store: Store, caller: Caller, text: str | None = None) -> SchemeDraft:
    with store.write() as connection:
        begin_draft(connection, caller, "jp-27-rbc", "yaml", text or written(publishable()), NOW)
        return find_draft(connection, caller, "jp-27-rbc")


def published(store: Store, caller: Caller, checked: CheckedDraft) -> SchemeVersion:
    with store.write() as connection:
        return publish(connection, second(caller), checked, NOW)


def versions(store: Store, *, livemode: bool = True) -> list[SchemeVersion]:
    with store.read() as connection:
        return list(schemes.all_versions(connection, livemode=livemode))


def test_a_draft_becomes_a_version_with_its_text_kept(store: Store, catalogue: Catalogue) -> None:
    caller = issuer(store)
    checked = check(catalogue, drafted(store, caller))
    made = published(store, caller, checked)
    assert versions(store) == [made]
    assert (made.mode, made.organisation_id) == ("live", caller.organisation)
    assert (made.drafted_by, made.approved_by) == ("drafter", "approver")
    assert (made.issuer, made.issuer_kind, made.kind) == ("jp-27", "local_government", "support_scheme")
    with store.read() as connection:
        loaded = load(connection, made)
        assert find_document(connection, made.sha256).edition == "1"
        with pytest.raises(NotFound):
            find_draft(connection, caller, "jp-27-rbc")
    assert loaded.scheme.identity.sha256 == made.sha256
    assert loaded.scheme.effective.until == made.effective_until
    assert versions(store, livemode=False) == []


def test_a_draft_that_can_be_decided_by(store: Store, catalogue: Catalogue) -> None:
    caller = issuer(store)
    assert typed_draft(catalogue, drafted(store, caller)).version == 1
    with store.write() as connection:
        draft = find_draft(connection, caller, "jp-27-rbc")
        change_draft(connection, caller, draft, "yaml", "id: jp-27-rbc", NOW)
        faulty = find_draft(connection, caller, "jp-27-rbc")
    with pytest.raises(NotPublishable) as refused:
        typed_draft(catalogue, faulty)
    assert {one.code for one in refused.value.problems} == {"missing-key"}


def all_at_once(store: Store, tries: list[Callable[[Connection], SchemeVersion]]) -> list[object]:
    together = threading.Barrier(len(tries))

    def go(one: Callable[[Connection], SchemeVersion]) -> object:
        together.wait(30)
        try:
            with store.write() as connection:
                return one(connection)
        except RbcError as refused:
            return type(refused)

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(go, tries))


def test_approved_by_many_at_once_it_is_published_once(store: Store, catalogue: Catalogue) -> None:
    caller = issuer(store)
    checked = check(catalogue, drafted(store, caller))
    tries: list[Callable[[Connection], SchemeVersion]] = [
        lambda connection: publish(connection, second(caller), checked, NOW) for _ in range(8)
    ]
    answers = all_at_once(store, tries)
    made = [one for one in answers if isinstance(one, SchemeVersion)]
    assert versions(store) == made
    assert len(made) == 1
    assert {one for one in answers if one not in made} <= {Conflict, NotPublishable}


def test_of_two_issuers_at_once_one_has_the_id(store: Store, catalogue: Catalogue) -> None:
    """Each sees nothing published under it when both begin."""
    callers = [issuer(store) for _ in range(6)]
    checked = []
    for number, caller in enumerate(callers):
        own = {**publishable()["issuer"], "id": f"jp-27-town-{number}"}
        text = written(publishable(issuer=own, version=1 + number))
        checked.append(check(catalogue, drafted(store, caller, text)))

    def tried(place: int) -> Callable[[Connection], SchemeVersion]:
        return lambda connection: publish(connection, second(callers[place]), checked[place], NOW)

    answers = all_at_once(store, [tried(place) for place in range(6)])
    assert len({version.issuer for version in versions(store)}) == 1
    assert sum(isinstance(one, SchemeVersion) for one in answers) == 1
    assert {one for one in answers if isinstance(one, type)} <= {NotPublishable, NotTheIssuer}


def test_a_change_and_an_approval_at_once_do_not_mix(store: Store, catalogue: Catalogue) -> None:
    """What is published is the text that was checked, or nothing."""
    caller = issuer(store)
    draft = drafted(store, caller)
    checked = check(catalogue, draft)
    with store.write() as connection:
        change_draft(connection, caller, draft, "yaml", written(publishable(version=2)), NOW)
    with pytest.raises(Conflict) as refused:
        published(store, caller, checked)
    assert refused.value.code == "draft-moved-on"
    assert versions(store) == []


def test_what_fails_leaves_everything_as_it_was(store: Store, catalogue: Catalogue) -> None:
    caller = issuer(store)
    draft = drafted(store, caller)
    checked = check(catalogue, draft)
    with store.write() as connection, pytest.raises(SecondPersonNeeded):
        publish(connection, caller, checked, NOW)
    other = {**publishable()["issuer"], "id": "jp-28"}
    with store.write() as connection:
        assert begin_draft(connection, caller, "jp-28-rbc", "yaml", "id: jp-28-rbc", NOW)
    published(store, caller, checked)
    faulty = drafted(store, caller, written(publishable(version=2, issuer=other)))
    with pytest.raises(NotTheIssuer):
        published(store, caller, check(catalogue, faulty))
    with store.read() as connection:
        assert find_draft(connection, caller, "jp-27-rbc") == faulty
    assert [one.version for one in versions(store)] == [1]


def test_a_file_cannot_say_otherwise_than_a_live_version(
    store: Store, catalogue: Catalogue, tmp_path: Path
) -> None:
    caller = issuer(store)
    published(store, caller, check(catalogue, drafted(store, caller)))
    root = write_documents(tmp_path)
    (root / "schemes" / "jp-27-rbc").mkdir(parents=True)
    file = root / "schemes" / "jp-27-rbc" / "1.yaml"
    file.write_text(written(publishable(status="published")), "utf-8")
    with store.write() as connection:
        seed(connection, load_catalogue(root), NOW)
    other = publishable(status="published", title={"en": "Otherwise", "ja": "別の内容"})
    file.write_text(written(other), "utf-8")
    with store.write() as connection, pytest.raises(RbcError) as refused:
        seed(connection, load_catalogue(root), NOW + timedelta(days=1))
    assert refused.value.code == "edition-changed"
    assert "jp-27-rbc@1" in str(refused.value)


def test_the_sandbox_takes_no_number_from_files(store: Store, catalogue: Catalogue, tmp_path: Path) -> None:
    caller = issuer(store, livemode=False)
    made = published(store, caller, check(catalogue, drafted(store, caller)))
    root = write_documents(tmp_path)
    (root / "schemes" / "jp-27-rbc").mkdir(parents=True)
    other = publishable(status="published", title={"en": "Official", "ja": "正式"})
    (root / "schemes" / "jp-27-rbc" / "1.yaml").write_text(written(other), "utf-8")
    with store.write() as connection:
        seed(connection, load_catalogue(root), NOW)
    assert versions(store, livemode=False) == [made]
    assert [one.mode for one in versions(store)] == ["any"]
