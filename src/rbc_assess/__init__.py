"""Responsible business conduct self-assessment for small firms: exact scores, reasons and plans."""

from __future__ import annotations

ENGINE = "1.0"
"""Version of the arithmetic and the rules in ``core``; part of every scorecard and decision."""

__version__ = "0.1.0"
"""Version of the product, as the wheel, the HTTP API and the changelog count it."""
