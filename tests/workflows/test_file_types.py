"""What is taken as evidence is told by its bytes: papers, photographs and tables, and nothing that is two things."""

from __future__ import annotations

import io

import pytest
from tests.papers import CSV, DOCX, HEIC, JPEG, PDF, PNG, TXT, XLSX, archive

from rbc_assess.errors import Problem
from rbc_assess.workflows import file_types
from rbc_assess.workflows.evidence import clean_name, judge_file
from rbc_assess.workflows.file_types import FileType

SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
HTML = b"<!DOCTYPE html><html><body>x</body></html>"


def judged(content: bytes, name: str) -> FileType | Problem:
    return judge_file(io.BytesIO(content), len(content), name)


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (PDF, "a.pdf", file_types.PDF),
        (PNG, "a.PNG", file_types.PNG),
        (JPEG, "写真.jpeg", file_types.JPEG),
        (JPEG + b"\0\0SEFT moving picture of a telephone", "a.jpg", file_types.JPEG),
        (HEIC, "IMG_0001.HEIC", file_types.HEIC),
        (XLSX, "a.xlsx", file_types.XLSX),
        (DOCX, "a.docx", file_types.DOCX),
        (CSV, "a.csv", file_types.CSV),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", "a.csv", file_types.CSV),
        (TXT, "a.txt", file_types.TXT),
        (PDF, "no end", file_types.PDF),
    ],
)
def test_what_is_taken(content: bytes, name: str, expected: FileType) -> None:
    assert judged(content, name) == expected


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        HTML,
        b"\n\n  " + HTML,
        TXT + b"<ScRiPt>1</script>",
        b"x" * 65_530 + b"<script>",  # across two blocks
        b"MZ\x90\0\x03\0\0\0 a program",
        b"#!/bin/sh\nrm -rf /\0",
        b"GIF89a" + bytes(40),
        b"\0\0\0\x18ftypavif" + bytes(40),
        b"\x1f\x8b\x08" + bytes(40),
        bytes(range(256)),
        archive("a.txt"),
        archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        archive("[Content_Types].xml", "xl/workbook.xml", "word/document.xml"),
        archive("[Content_Types].xml", "ppt/presentation.xml"),
        PDF + XLSX,
        JPEG + XLSX,
        PNG + archive("Evil.class"),
        XLSX + b"more",
        b"#!/bin/sh\n" + XLSX,
        PDF[:-6],
        PNG[:-12],
        JPEG[:20] + HTML,
        PDF.replace(b"%PDF-1.7", b"%PDF-1.7\n<html><script>1</script></html>"),
        XLSX[:-1] + b"\xff",
        XLSX[:30],
    ],
)
@pytest.mark.parametrize("name", ["paper.pdf", "paper.xlsx", "paper.txt", "paper.jpg"])
def test_what_is_not_taken(content: bytes, name: str) -> None:
    found = judged(content, name)
    assert isinstance(found, Problem)
    assert found.pointer == "/file"
    assert found.code == "file-type-not-taken"


@pytest.mark.parametrize(
    ("content", "name"), [(PDF, "a.png"), (JPEG, "a.html"), (XLSX, "a.docx"), (TXT, "a.svg"), (TXT, "a.exe")]
)
def test_a_name_that_says_something_else_is_refused(content: bytes, name: str) -> None:
    found = judged(content, name)
    assert isinstance(found, Problem)
    assert found.code == "file-name-differs"


def test_a_vast_directory_is_not_read() -> None:
    entries = archive("[Content_Types].xml", "xl/workbook.xml", *(f"x/{number}" for number in range(4_100)))
    assert isinstance(judged(entries, "a.xlsx"), Problem)


def test_an_empty_file_is_told() -> None:
    found = judged(b"", "a.pdf")
    assert isinstance(found, Problem)
    assert found.code == "empty-file"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("点検.pdf", "点検.pdf"),
        ("C:\\Users\\x\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nX: y.pdf", "aX_ y.pdf"),
        ('q"uote.pdf', "q_uote.pdf"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("髙﨑㈱①𠮷.pdf", "髙﨑㈱①𠮷.pdf"),
    ],
)
def test_names_lose_what_could_do_harm(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
