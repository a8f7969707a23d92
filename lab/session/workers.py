"""Worker processes of a session: what they are told, and what follows if they die."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from lab.grid import Grid
    from lab.store import Store

# Hooks of pytest-xdist, which pytest would reject where xdist is not loaded.
optional = HookimplMarker("pytest")(optionalhook=True)
# Deaths for each worker without the start of a test in between: each worker can have died once
# while it ran a test, so all others were replacements that never came to one.
DEATHS = 3


class Workers:
    """Hooks of pytest-xdist that follow the workers.

    Parameters
    ----------
    grid : Grid
        The session's cases.
    store : Store
        Their results.
    usage_error : type of exception
        The exception by which pytest ends with a message.
    """

    def __init__(self, grid: Grid, store: Store, usage_error: type[Exception]) -> None:
        self.grid, self.store, self.usage_error = grid, store, usage_error
        self._deaths = 0  # since a test started

    @optional
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker the session's id and the expected costs of cases."""
        node.workerinput["lab_session"] = self.store.session_id
        # Every worker, also one that replaces another, has to sort its tests alike.
        node.workerinput["lab_costs"] = vars(self.store.costs.about(self.grid.case))
        send = node.sendcommand

        def send_if_alive(name: str, **arguments: Any) -> None:
            # If the worker died, xdist handles that as soon as it takes the news from its queue,
            # but ends with INTERNALERROR if it sends a test before.
            with suppress(OSError):
                send(name, **arguments)

        node.sendcommand = send_if_alive

    @optional
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Give up if workers keep dying before they run a test.

        Raises
        ------
        usage_error
            Another worker would die, too.
        """
        self._deaths += bool(error)
        if self._deaths >= DEATHS * node.workerinput["workercount"]:
            raise self.usage_error(
                f"{self._deaths} workers died one after another before their first test: find the "
                "reason with -n 0, or try fewer workers if memory is short"
            )

    @HookimplMarker("pytest")
    def pytest_runtest_logstart(self) -> None:
        """Record that a test starts."""
        self._deaths = 0
