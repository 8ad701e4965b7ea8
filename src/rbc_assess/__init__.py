"""Responsible business conduct self-assessment for small firms: exact scores, reasons and plans."""

from __future__ import annotations

ENGINE = "1.0"
"""Version of the arithmetic and the rules in ``core``; part of every scorecard and decision."""
