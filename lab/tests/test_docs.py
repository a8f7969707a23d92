"""Tests of the README and the pages: what they link to and name exists, and their code compiles."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lab import __version__, datasets
from lab.cli import main
from lab.models import MODELS
from lab.strategies import STRATEGIES

PROJECT = Path(__file__).parents[2]
README = PROJECT / "README.md"
DOCS = sorted((PROJECT / "lab" / "docs").glob("*.md"))
CHANGELOG = PROJECT / "CHANGELOG.md"
PAGES = [README, CHANGELOG, PROJECT / ".github" / "CONTRIBUTING.md", *DOCS]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = ("", "text", "sh", "yaml")
# Options of other programs that pages mention on their own.
FOREIGN = {"--allowed-hosts": "mlflow", "--default-artifact-root": "mlflow", "--nthreads": "dask"}
OF_USERS = ("benchmarks/conftest.py",)  # a path that pages tell users to create
CHOICES = {
    "--dataset": datasets.select,
    "--strategy": STRATEGIES.select,
    "--model": MODELS.select,
}


def prose(page):
    """Return a page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(page):
    """Return the pieces of code within a page's sentences."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]


def commands(page, *programs):
    """Return the words of each call of some programs that a page shows, without the program."""
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    lines = [
        line.strip().removeprefix("- run: ")
        for language, text in blocks
        if language in SHELL
        for line in text.replace("\\\n", " ").splitlines()
    ]
    found = []
    for line in [*lines, *spans(page)]:
        for call in re.split(r"&&|\||\$\(", line):
            call = re.sub(r"^(?:\w+=\S+ )*", "", call.strip())
            if call.partition(" ")[0] in programs and " " in call:
                found.append(shlex.split(call.partition(')"')[0], comments=True))
    return found


def anchors(page):
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_is_short_and_has_the_two_commands():
    """README has at most 200 lines, among them the two commands that CI runs."""
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert [line for line in lines if re.match("pip install -e .* && pytest ", line)] == [
        "pip install -e . && pytest benchmarks -n auto",
        'pip install -e ".[test]" && pytest lab -n auto',
    ]


def test_readme_links_to_every_page():
    """No page in lab/docs is missing from the list in README."""
    linked = set(re.findall(r"\(lab/docs/(\w+\.md)\)", prose(README)))
    assert linked == {page.name for page in DOCS}


@every_page
def test_links_resolve(page):
    """Every relative link leads to a file, and every anchor to a heading."""
    text = prose(page)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    for link in links:
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_paths_exist(page):
    """Every file and folder of the project that a page names exists, and every script it runs."""
    named = [span for span in spans(page) if re.fullmatch(r"(lab|benchmarks|\.ci)/[\w./]+", span)]
    named += [words[1] for words in commands(page, "python") if words[1].endswith(".py")]
    named += [
        word
        for words in commands(page, "pytest")
        for word in words
        if "/" in word and "://" not in word
    ]
    missing = [path for path in named if not (PROJECT / path).exists() and path not in OF_USERS]
    assert not missing


@every_page
def test_commands_of_lab_are_valid(page):
    """Every `lab` command of a page has a name, options and arguments that exist."""
    for _, *words in commands(page, "lab"):
        options = {
            name: option for option in main.get_params(click.Context(main)) for name in option.opts
        }
        while words and words[0].startswith("-"):
            option = options[words.pop(0)]
            if not option.is_flag:
                words.pop(0)
        if words:
            # Of --help, and of a command that is named rather than called.
            with suppress(click.exceptions.Exit, click.MissingParameter):
                main.commands[words[0]].make_context(words[0], words[1:])


@every_page
def test_options_exist(page, pytestconfig):
    """Every option of `pytest` exists, and every option that a sentence names on its own."""
    scripts = (path.read_text(encoding="utf-8") for path in PROJECT.glob("benchmarks/**/*.py"))
    known = {*FOREIGN, *re.findall(r'"(--\w+)"', "".join(scripts))}
    known |= {name for command in main.commands.values() for o in command.params for name in o.opts}
    named = [word for words in commands(page, "pytest") for word in words]
    named += [word for span in spans(page) if span.startswith("--") for word in span.split()]
    for option in {word.partition("=")[0] for word in named if word.startswith("--")} - known:
        pytestconfig.getoption(option)  # a ValueError names one that does not exist


@every_page
def test_names_on_command_lines_exist(page):
    """Every dataset, strategy and model that a command selects exists, or the page registers it."""
    own = re.findall(r'(?:Strategy|Model)\(\s*"(\w+)"', page.read_text(encoding="utf-8"))
    for words in commands(page, "pytest"):
        for option, value in pairwise(words):
            if option in CHOICES and value.partition(":")[0] not in own:
                assert CHOICES[option]([value])


@every_page
def test_tests_that_a_page_selects_exist(page):
    """Every `pytest lab -k NAME` of a page selects a test."""
    texts = [path.read_text(encoding="utf-8") for path in PROJECT.glob("lab/tests/*/test_*.py")]
    for words in commands(page, "pytest"):
        if words[1] == "lab" and "-k" in words:
            name = words[words.index("-k") + 1]
            assert any(re.search(rf"def test_\w*{name}", text) for text in texts), name


@every_page
def test_python_compiles(page):
    """Every block of Python compiles."""
    for language, code in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            compile(code, page.name, "exec")


def test_version_is_that_of_the_changelog():
    """The library, `lab --version` and the newest dated entry of the changelog agree."""
    newest = re.search(r"^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$", prose(CHANGELOG), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == __version__
    assert (
        CliRunner().invoke(main, ["--version"], prog_name="lab").output
        == f"lab, version {__version__}\n"
    )
