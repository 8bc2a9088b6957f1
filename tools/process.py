"""Run other programs: output to a log file, failures turned into problems with a fix."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .console import Problem

_NETWORK = ("the network cannot be reached", "check the connection or proxy, then run the command again")
_DAMAGED = ("a downloaded package is damaged", "rm -r .dev/uv-cache .dev/pip-cache, then run the command again")
# Phrases in a failed program's output, and their meaning for the user of ./dev.
TRANSLATIONS = {
    "No space left on device": ("the disk is full", "free some space (about 3 GB are needed), then run it again"),
    "DO NOT MATCH THE HASHES": _DAMAGED,
    "Hash mismatch": _DAMAGED,
    "Hash Sum mismatch": ("a downloaded Debian package is damaged", "run the command again in some minutes"),
    "Could not resolve": _NETWORK,
    "Temporary failure": _NETWORK,
    "NewConnectionError": _NETWORK,
    "Network is unreachable": _NETWORK,
    "Could not connect": _NETWORK,
    "dns error": _NETWORK,
    "error sending request": _NETWORK,
}


def explain(output: str, label: str, log: Path) -> Problem:
    """Return the :class:`Problem` for a program that failed with ``output``."""
    for words, (meaning, cure) in TRANSLATIONS.items():
        if words in output:
            return Problem(f"{label} failed: {meaning} (log: {log})", cure)
    lines = [line for line in output.strip().splitlines() if " INFO " not in line]
    tail = "\n".join(lines[-25:])
    return Problem(f"{label} failed; the end of {log}:\n{tail}")


def run(
    command: Iterable[object],
    *,
    label: str,
    log: Path,
    stdin: str | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run ``command``, appending its output to ``log``; return the output.

    :param str stdin: input of the program; None for no input at all
    :param dict env: additional environment variables
    :raises Problem: on a non-zero exit code
    """
    done = subprocess.run(
        [str(part) for part in command],
        input=stdin or "",
        env={**os.environ, **(env or {})},
        cwd=cwd,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}")
    if done.returncode:
        raise explain(done.stdout, label, log)
    return done.stdout


def try_run(command: Iterable[object], **kwargs: Any) -> str | None:
    """Run a program without output; return its standard output, or None if it is missing or fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            **kwargs,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
