"""Plugins: modules of users that register strategies, models and other entries."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.files import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GROUP = "mlflow_lab"  # of entry points


class PluginError(LabError):
    """Plugin that cannot be loaded."""


def load(plugins: Iterable[str] = ()) -> None:
    """Load the plugins of installed packages, then those that are named; each once.

    Parameters
    ----------
    plugins : iterable of str
        Files that end in ``.py``, or names of modules.

    Raises
    ------
    PluginError
        A plugin does not exist, or raises an error.
    """
    for point in entry_points(group=GROUP):
        _attempt(f"the entry point {point.value!r}", point.load)
    for plugin in plugins:
        _attempt(f"--plugin {plugin}", partial(_module, plugin))


def load_own(project: Path) -> None:
    """Load the ``benchmarks/conftest.py`` of a project, if it exists, as pytest does by itself.

    Raises
    ------
    PluginError
        The file raises an error.
    """
    path = project / "benchmarks" / "conftest.py"
    if path.is_file():
        _attempt(str(path), partial(_module, str(path)))


def _module(plugin: str) -> None:
    if not plugin.endswith(".py"):
        importlib.import_module(plugin)
        return
    path = Path(plugin).expanduser().resolve()
    name = f"{path.stem}-{digest(str(path).encode())[:8]}"  # does not shadow another module
    if name in sys.modules:
        return
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # for its own imports
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _attempt(what: str, do: Callable[[], object]) -> None:
    try:
        do()
    except LabError as error:
        raise PluginError(f"{what}: {error}") from None
    except FileNotFoundError as error:
        raise PluginError(f"{what}: {error.filename or error} does not exist") from None
    except Exception as error:
        text = str(error).strip().partition("\n")[0]
        raise PluginError(f"{what} cannot be loaded: {type(error).__name__}: {text}") from error
