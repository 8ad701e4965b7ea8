"""``python -m rbc_assess.cli``."""

from __future__ import annotations

from rbc_assess.cli import main

if __name__ == "__main__":
    main()
