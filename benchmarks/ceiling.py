"""The least that FastAPI can do for prepared bytes: the floor under ``GET`` of a published edition.

One ``async def`` route that returns a ``Response`` of bytes and headers read at the start, and nothing else, served
with the service's own server settings: ``python -m benchmarks.ceiling DOCUMENT.json --port 0``.
"""

from __future__ import annotations

import argparse
import base64
import json
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response


def ceiling(path: str, body: bytes, headers: dict[str, str], media_type: str) -> FastAPI:
    """An application of one route."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get(path)
    async def answer() -> Response:
        return Response(body, 200, headers, media_type)

    return app


def main() -> None:
    """Serve the answer that a file holds, under its path, until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("answer", type=Path)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    written = json.loads(given.answer.read_text("utf-8"))
    headers = dict(written["headers"])
    app = ceiling(written["path"], base64.b64decode(written["body"]), headers, headers.pop("content-type"))
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=given.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
