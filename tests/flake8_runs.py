"""Runs real flake8 in processes of its own, as users do; with this plugin, and as if it were not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

WITHOUT_PLUGIN = """
import importlib.metadata, sys
installed = importlib.metadata.distributions
def others(**how):
    return (one for one in installed(**how) if one.metadata["Name"] != "flake8-gradtape")
importlib.metadata.distributions = others
from flake8.main.cli import main
sys.exit(main())
"""


def run_flake8(
    *arguments: str | Path,
    cwd: Path,
    stdin: str | bytes | None = None,
    without_plugin: bool = False,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `flake8` on files in `cwd` and return what it printed; configuration files elsewhere do not matter."""
    command = [sys.executable, "-c", WITHOUT_PLUGIN] if without_plugin else [sys.executable, "-m", "flake8"]
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        input=stdin or b"",
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(environment or {})},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def findings(output: str) -> list[tuple[int, int, str]]:
    """Take flake8's lines apart: line, column and code of each."""
    found = []
    for text in output.splitlines():
        _, line, column, message = text.split(":", 3)
        found.append((int(line), int(column), message.split()[0]))
    return found


def other_lines(output: str) -> list[str]:
    """The lines that are not ours, in an order that does not depend on the number of processes."""
    return sorted(line for line in output.splitlines() if ": TAP" not in line)
