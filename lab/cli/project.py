"""The project that a command is about."""

from pathlib import Path


def project() -> Path:
    """Return the project that the working folder is in, else the one that this package is in."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "benchmarks").is_dir() and (folder / "conftest.py").is_file():
            return folder
    return Path(__file__).parents[2]
