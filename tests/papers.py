"""Papers that a firm could attach: the smallest files that are what they say, and a way to send them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from starlette.testclient import TestClient

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe1\0\x10Exif\0\0" + bytes(60) + b"\xff\xd9"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)
CSV = "月,時間外\n4,12\n".encode("cp932")
TXT = "9月の点検。通路の段差を直した。\n".encode()


def archive(*names: str) -> bytes:
    """A zip archive, the same to the byte in every process: its members are of the first day a zip can name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in names:
            opened.writestr(zipfile.ZipInfo(name), "<x/>", zipfile.ZIP_DEFLATED)
    return packed.getvalue()


XLSX = archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def send(
    client: TestClient,
    headers: dict[str, str],
    assessment: str,
    content: bytes = PDF,
    name: str = "paper.pdf",
    **said: str,
) -> Any:
    """Attach a file to the draft; ``said``: the fields of the form beside it."""
    return client.post(
        f"/v1/assessments/{assessment}/evidence",
        data={"question": "a1", "kind": "minutes", "dated": "2026-10-01", **said},
        files={"file": (name, content)},
        headers=headers,
    )
