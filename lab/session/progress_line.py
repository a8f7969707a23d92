"""The progress line: rewritten in place on a terminal, printed now and then in a log."""

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


class ProgressLine:
    """Shows progress: in one line of a terminal, else in lines between pytest's letters.

    Parameters
    ----------
    progress : Progress
        The progress to show.
    reporter : pytest's terminal reporter
        It writes to the same stream.
    live : bool
        Whether the stream is a terminal whose line can be rewritten.

    Notes
    -----
    A thread updates the line while a test runs. It writes to a duplicate of the stream's
    descriptor, since pytest captures the descriptor itself while a test runs. It writes only
    between a call of :meth:`show` and the next :meth:`clear`, so never into others' output.
    """

    def __init__(self, progress: Progress, reporter: Any, *, live: bool) -> None:
        self.live = live
        self._progress = progress
        self._reporter = reporter
        self._file = os.dup(sys.stdout.fileno())
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self._lock = threading.Lock()
        self._owned = False  # whether the last line of the screen is ours
        # Output of tests that is not captured, and a debugger, would share the line.
        option = reporter.config.option
        self._ticks = option.capture != "no" and not option.usepdb
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the thread."""
        if self._ticks:
            self._thread = threading.Thread(target=self._tick, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the thread."""
        self.stop()

    def stop(self) -> None:
        """Stop the thread; the line stays."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def show(self) -> None:
        """Show the progress: a test has started or ended."""
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
            self._owned = True

    def clear(self) -> None:
        """Clear the line for other output."""
        with self._lock:
            if self.live and self._owned:
                self._write(self._blank())
            self._owned = False

    def _tick(self) -> None:
        while not self._stopped.wait(TICK):
            with self._lock:
                if self._owned:
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
        # shutil would ask the descriptor that pytest captures.
        with suppress(OSError, ValueError):
            return int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(self._file).columns
        return 80

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a closed terminal is no reason to fail
            os.write(self._file, text.encode(self._encoding, "backslashreplace"))
