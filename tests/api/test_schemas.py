"""The JSON Schema of schemes helps an editor: it takes what is written here, and refuses slips."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient
from tests.documents.small import SCHEME

from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.shipped import documents_root


def tree(source: str) -> Any:
    """A YAML file as an editor hands it to a validator."""
    loaded = read_yaml(source, "scheme").loaded
    assert loaded is not None
    return plain(loaded.tree)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.fixture
def validator(reader: TestClient) -> Draft202012Validator:
    return Draft202012Validator(reader.get("/schemas/rbc-scheme-1.json").json())


def test_it_takes_every_scheme(validator: Draft202012Validator) -> None:
    shipped = [path.read_text("utf-8") for path in documents_root().glob("schemes/*/*.yaml")]
    for source in (SCHEME, *shipped):
        assert [error.message for error in validator.iter_errors(tree(source))] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda scheme: scheme.pop("requirements"),
        lambda scheme: scheme.update(version="3"),
        lambda scheme: scheme.update(state="published"),
        lambda scheme: scheme["requirements"][0].pop("legal_basis"),
        lambda scheme: scheme["requirements"][0].update(otherwise="deny"),
        lambda scheme: scheme["requirements"][0].update(when={"fact": "score.overall", "atleast": 60}),
        lambda scheme: scheme["cases"][0].update(expect="granted"),
        lambda scheme: scheme["effective"].update({"from": 20260401}),
    ],
)
def test_it_refuses_slips(validator: Draft202012Validator, spoil: Callable[[Any], object]) -> None:
    scheme = tree(SCHEME)
    spoil(scheme)
    assert list(validator.iter_errors(scheme))
