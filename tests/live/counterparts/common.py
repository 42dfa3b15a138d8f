"""What the Python counterparts share."""

import json
import os
import pathlib
import signal
import sys

CACHE = pathlib.Path(os.environ.get("DUTYDESK_LIVE") or pathlib.Path.home() / ".cache/dutydesk-live")


def use_venv():
    """Starts this program again with the cache's Python, which has the libraries."""
    venv = CACHE / "python"
    if pathlib.Path(sys.prefix).resolve() == venv.resolve():
        return
    python = venv / "bin/python"
    if not python.exists():
        fail(f"No Python in {CACHE}: run tests/live/counterparts/install first.")
    os.execv(python, [str(python), *sys.argv])


def fail(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(1)


def say(value):
    print(json.dumps(value), flush=True)


def end_on_sigterm():
    """Turns SIGTERM into SystemExit, so that every `finally` still runs."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def serve_stdin(answer):
    """Answers each line of stdin with a JSON line, until stdin ends.

    readline and not `for line in sys.stdin`, which may wait for more lines
    before it hands out the first."""
    while line := sys.stdin.readline():
        if not line.strip():
            continue
        try:
            say(answer(line.split()))
        except Exception as err:
            say({"error": f"{line.strip()}: {err}"})
