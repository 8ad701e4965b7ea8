"""The command line ``rbc-assess``. Commands that read files only never import the database or the server."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the exit code says fine (0), findings (1) or usage (2)."""
    from rbc_assess.cli.app import app

    try:
        app(prog_name="rbc-assess")
    except BrokenPipeError:
        # The reader (`| head`) has gone. Python would complain once more while closing the stream.
        sys.stderr.close()
        raise SystemExit(0) from None
