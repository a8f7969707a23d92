"""Where runs come from: user, command line, commit and package versions, as tags."""

from __future__ import annotations

import getpass
import subprocess
from typing import TYPE_CHECKING

from lab.models import package_of
from lab.versions import versions

if TYPE_CHECKING:
    from pathlib import Path


def provenance_tags(root: Path, command: str) -> dict[str, str]:
    """Return tags for every run of a session.

    Parameters
    ----------
    root : Path
        The project's folder, whose commit is logged if it is in a Git repository.
    command : str
        The command line.
    """
    return {
        "mlflow.user": _user(),
        "mlflow.source.name": command,
        "mlflow.source.type": "LOCAL",
        **_git_tags(root),
        **version_tags(),
    }


def version_tags(model: str = "") -> dict[str, str]:
    """Return the versions of all packages that scores depend on, with that of a model."""
    return {
        f"version.{package}": version for package, version in versions(package_of(model)).items()
    }


def _user() -> str:
    """Return the user's name, or ``unknown``: the user of a container may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _git_tags(root: Path) -> dict[str, str]:
    """Return the commit, and whether files differ from it; empty outside a repository."""

    def git(*arguments: str) -> str:
        command = ("git", "-C", str(root), *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    try:
        return {
            "mlflow.source.git.commit": git("rev-parse", "HEAD"),
            "mlflow.source.git.dirty": str(bool(git("status", "--porcelain"))).lower(),
        }
    except (OSError, subprocess.CalledProcessError):
        return {}
