"""Make the README's pictures from a real session: its report and its closing lines.

    pytest benchmarks -n auto --color=yes | tee session.ansi
    python benchmarks/scripts/pictures.py session.ansi [--report FILE]

Saves ``report-light.png``, ``report-dark.png`` and ``terminal.png`` in ``.github/pictures``. The
report is that of the latest session, or the given file. Needs ``pip install -e ".[browser]"`` and
a Chromium of the system.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from lab.tests.helpers.chromium import CHROMIUM, launch

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "pictures"
WIDTH = 1200
COLOURS = 128  # of a picture: enough for text
STYLES = {
    "1": "font-weight:700",
    "31": "color:#ff8d85",
    "32": "color:#5fd3a2",
    "33": "color:#e0c25a",
}
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; padding: 1.2rem; background: #14181c; width: max-content; }
pre { margin: 0; color: #e8ecef; font: 14px/1.4 "DejaVu Sans Mono", monospace; }
</style><pre>%s</pre>"""


def save(page: Page, name: str, bottom: float, width: float = WIDTH) -> None:
    """Save the top of a page as a small PNG."""
    shot = page.screenshot(
        full_page=True, clip={"x": 0.0, "y": 0.0, "width": width, "height": bottom}
    )
    # By coverage: the rare colours are those that say something.
    picture = (
        Image.open(io.BytesIO(shot))
        .convert("RGB")
        .quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    path = FOLDER / f"{name}.png"
    picture.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {size:,} bytes")


def closing(text: str, first: str) -> str:
    """Return the last lines of a session, from the last one that starts with ``first``."""
    lines = text.splitlines()
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    starts = [number for number, line in enumerate(plain) if line.startswith(first)]
    if not starts:
        sys.exit(f"no line of the session starts with {first!r}: name another with --first")
    return "\n".join(lines[starts[-1] :])


def marked(text: str) -> str:
    """Return the output of a terminal as HTML, with bold and colours."""
    parts, now = [], set[str]()
    for piece in re.split(r"(\x1b\[[\d;]*m)", text):
        if codes := re.fullmatch(r"\x1b\[([\d;]*)m", piece):
            for code in codes[1].split(";"):
                now = now | {code} if code in STYLES else set()
        elif piece:
            style = ";".join(STYLES[code] for code in sorted(now))
            parts.append(f'<span style="{style}">{html.escape(piece)}</span>')
    return "".join(parts)


def main() -> None:
    """Make the pictures and print their sizes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("session", type=Path, help="output of a session, with colours")
    parser.add_argument("--report", type=Path, help="default: that of the latest session")
    parser.add_argument(
        "--first", default="300 observations", help="start of the first line to show"
    )
    options = parser.parse_args()
    if not CHROMIUM:
        sys.exit("no Chromium: apt-get install chromium")
    text = closing(options.session.read_text(encoding="utf-8"), options.first)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = options.report
        if report is None:
            report = Path(folder, "report.html")
            command = [sys.executable, "-m", "lab", "report", "latest", "-o", str(report)]
            subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603
        browser = launch(playwright)
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.goto(report.absolute().as_uri())
            box = page.locator("#trade-off").bounding_box()
            assert box is not None
            save(page, f"report-{scheme}", box["y"] + box["height"] + 16)
        page = browser.new_page()
        page.set_content(TERMINAL % marked(text))
        box = page.locator("body").bounding_box()
        assert box is not None
        save(page, "terminal", box["height"], box["width"])
        browser.close()


if __name__ == "__main__":
    main()
