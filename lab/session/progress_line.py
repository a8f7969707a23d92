"""The line on progress: rewritten on a terminal as time goes by, now and then in a log."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from lab.wording import columns

if TYPE_CHECKING:
    from lab.session.progress import Progress

TICK = 1.0  # seconds


class Screen:
    """Shows progress: on a terminal in one line, else in lines between pytest's letters.

    Parameters
    ----------
    progress : Progress
        What to show.
    reporter : pytest's terminal reporter
        Writes to the same stream.
    live : bool
        Whether the stream is a terminal whose line can be rewritten.

    Notes
    -----
    A thread shows what changes while a test runs. It writes to a copy of the stream's descriptor:
    while a test runs, pytest takes the descriptor itself for what the test prints. It writes only
    between two calls of :meth:`show` and :meth:`clear`, so never into what others write.
    """

    def __init__(self, progress: Progress, reporter: Any, *, live: bool) -> None:
        self.live = live
        self._progress = progress
        self._reporter = reporter
        self._file = os.dup(sys.stdout.fileno())
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self._lock = threading.Lock()
        self._free = False  # whether the line is ours
        # What tests print, and what a debugger does, would meet it on the same line.
        option = reporter.config.option
        self._ticks = option.capture != "no" and not option.usepdb
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to tick."""
        if self._ticks:
            self._thread = threading.Thread(target=self._tick, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Tick no more."""
        self.stop()

    def stop(self) -> None:
        """Tick no more; what was shown stays."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def show(self) -> None:
        """Show what changed: a test started or ended."""
        now = time.monotonic()
        with self._lock:
            self._reporter.flush()
            if self.live:
                self._write(self._line(now))
            elif line := self._progress.log_line(now):
                if self._reporter._tw.width_of_current_line:
                    self._reporter._tw.line()
                self._reporter._tw.line(line)
                self._reporter.flush()
            self._free = True

    def clear(self) -> None:
        """Leave the line to somebody else."""
        with self._lock:
            if self.live and self._free:
                self._write(self._blank())
            self._free = False

    def _tick(self) -> None:
        while not self._stopped.wait(TICK):
            with self._lock:
                if self._free:
                    self._update(time.monotonic())

    def _update(self, now: float) -> None:
        late = "".join(f"{line}\n" for line in self._progress.late(now))
        if self.live:
            self._write((self._blank() if late else "") + late + self._line(now))
        elif late:
            self._write(("\n" if self._reporter._tw.width_of_current_line else "") + late)

    def _line(self, now: float) -> str:
        width = self._width()
        line = self._progress.line(now, width)
        return f"\r{line}{' ' * (width - 1 - columns(line))}"

    def _blank(self) -> str:
        return f"\r{' ' * (self._width() - 1)}\r"

    def _width(self) -> int:
        # shutil would ask the descriptor that pytest takes.
        with suppress(OSError, ValueError):
            return int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(self._file).columns
        return 80

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a terminal that is gone is no reason to fail
            os.write(self._file, text.encode(self._encoding, "backslashreplace"))
