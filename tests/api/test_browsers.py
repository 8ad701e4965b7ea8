"""What an answer allows a browser to do with it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

PATHS = ("/v1/questionnaires", "/v1/consents", "/docs", "/openapi.json", "/livez", "/nowhere")


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_opens_itself_to_another_origin(reader: TestClient, path: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "POST", "OPTIONS"):
        answered = reader.request(method, path, headers=asked)
        assert not [name for name in answered.headers if name.startswith("access-control-")]
        assert "base-uri 'none'" in answered.headers["content-security-policy"]
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PATHS)
def test_trace_is_not_answered(reader: TestClient, path: str) -> None:
    answered = reader.request("TRACE", path, headers={"Authorization": "Bearer echo-me"})
    assert answered.status_code in {404, 405}
    assert "echo-me" not in answered.text
