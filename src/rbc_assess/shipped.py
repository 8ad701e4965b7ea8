"""Where the files that come with the product lie: in a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _root(name: str) -> Path:
    # A wheel carries them inside the package (see hatch_build.py); a checkout at its top.
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent.parent / name


def documents_root() -> Path:
    """Return the documents root: questionnaires, criteria, countries and schemes as published."""
    return _root("questionnaires")


def migrations_root() -> Path:
    """Return Alembic's script location."""
    return _root("migrations")
