"""Tests of modules of users: loaded, refused, and run as the documentation shows them."""

import copy
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.cli import main
from lab.models import MODELS
from lab.plugins import PluginError, load, load_own
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import MINE, TINY

PAGE = Path(__file__).parents[1] / "docs" / "extending.md"


@pytest.fixture
def own(tmp_path):
    """Return a function that writes a module and returns its path; what it registered goes."""

    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    yield write
    STRATEGIES.pop("mine", None)


def test_a_file_is_loaded_once(own):
    """A file that registers a strategy is run the first time that it is named."""
    path = own(MINE)
    load([path])
    load([path, path])
    assert STRATEGIES["mine"].title == "what it does"


def test_a_project_s_own_is_loaded(own, tmp_path):
    """What benchmarks/conftest.py registers, the command line knows as a session does."""
    (tmp_path / "benchmarks").mkdir()
    own(MINE, "benchmarks/conftest.py")
    load_own(tmp_path / "elsewhere")
    assert "mine" not in STRATEGIES
    load_own(tmp_path)
    assert "mine" in STRATEGIES


def test_a_project_s_own_that_is_broken_stops_no_other_command(tmp_path, monkeypatch):
    """A command says so beside its output, where what is printed goes, too, and does its work."""
    for name in ("benchmarks/test_a.py", "conftest.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "benchmarks" / "conftest.py"
    own.write_text("print('hello')\nimport no_such_module\n")
    done = CliRunner().invoke(main, ["models", "--format", "json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)
    assert done.stderr.startswith("hello\nWarning: ")
    assert f"{own} cannot be loaded: ModuleNotFoundError" in done.stderr


def test_a_module_is_loaded_by_its_name(own, tmp_path, monkeypatch):
    """Without the ending `.py` a plugin is a module that Python finds."""
    own(MINE, "lab_test_plugin.py")
    monkeypatch.syspath_prepend(tmp_path)
    load(["lab_test_plugin"])
    assert "mine" in STRATEGIES


def test_an_installed_package_brings_its_own(own, tmp_path, monkeypatch):
    """An entry point in the group `mlflow_lab` is loaded without being named."""
    own(MINE, "lab_test_entry.py")
    info = tmp_path / "lab_test_entry-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: lab-test-entry\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mlflow_lab]\nmine = lab_test_entry\n")
    monkeypatch.syspath_prepend(tmp_path)
    load()
    assert "mine" in STRATEGIES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module", "cannot be loaded: ModuleNotFoundError: No module named"),
        ("1 +", "cannot be loaded: SyntaxError"),
        (MINE.replace('"mine"', '"smote"'), "strategy 'smote' exists already"),
        (MINE.replace('"mine"', '"my-own"'), "a name is small letters, digits and underscores"),
    ],
)
def test_a_module_that_cannot_be_loaded_is_a_sentence(own, text, message):
    """What is wrong with a module is said in a line that names it."""
    path = own(text)
    with pytest.raises(PluginError, match=f"--plugin {re.escape(path)}.*{message}") as caught:
        load([path])
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    """A file's name without a file is named."""
    with pytest.raises(PluginError, match=r"nothing\.py is not there"):
        load([str(tmp_path / "nothing.py")])


def blocks():
    """Return the Python blocks of the page on extending the lab."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("place", ["mine.py", "benchmarks/conftest.py"])
def test_the_page_s_strategy_and_observation_run(scratch, place):
    """The first lines of the page add a strategy, and the next ones judge it, as they stand."""
    strategy, observation = blocks()[:2]
    assert len(strategy.splitlines()) <= 14
    (scratch.root / place).write_text(strategy)
    (scratch.root / "benchmarks" / "test_mine.py").write_text(observation)
    name = re.search(r'Strategy\("(\w+)"', strategy).group(1)
    options = ["--strategy", "raw", "--strategy", name, "--model", "decision_tree"]
    if place == "mine.py":
        options += ["--plugin", place]
    done = scratch.run("-n", "1", "--dataset", TINY, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{TINY}-{name}-decision_tree" in scratch.runs()
    (tag,) = [t for t in scratch.runs()[f"{TINY}-{name}-decision_tree"].data.tags if "auc" in t]
    assert tag.startswith("observation.")


def test_the_page_s_model_is_one(monkeypatch):
    """The page's lines register a model that can be fitted."""
    monkeypatch.setattr("lab.models.MODELS", copy.copy(MODELS))
    code = next(block for block in blocks() if "MODELS.register" in block)
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102
    from lab import models

    (name,) = models.MODELS.keys() - MODELS.keys()
    assert hasattr(models.MODELS[name].make(0), "predict_proba")


REFUSING = """
from imblearn import FunctionSampler
from lab.strategies import STRATEGIES, Strategy
def refuse(X, y):
    raise ValueError("too few of them")
def steps(model, y, seed):
    return [("no", FunctionSampler(func=refuse)), ("model", model.make(seed))]
STRATEGIES.register(Strategy("refusing", "", steps, refusals={"too few": "there are too few"}))
STRATEGIES.register(Strategy("failing", "", steps))
"""


def test_a_refusal_is_a_skip_and_any_other_error_a_failure(scratch):
    """A case that a training fold refuses is skipped with the reason, and its run says so."""
    (scratch.root / "own.py").write_text(REFUSING)
    options = ["--plugin", "own.py", "--dataset", TINY, "--model", "decision_tree", "-rsE"]
    names = [o for name in ("raw", "refusing", "failing") for o in ("--strategy", name)]
    done = scratch.run("-n", "1", *options, *names)
    assert done.returncode == 1, done.stdout + done.stderr
    failed = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
    assert failed
    assert not any("refusing" in line for line in failed)
    reason = "in a training fold there are too few"
    assert f"{TINY}-refusing-decision_tree: {reason}" in done.stdout
    assert f"refusing is left out, {reason}: {TINY}-decision_tree" in done.stdout
    run = scratch.runs()[f"{TINY}-refusing-decision_tree"]
    assert run.info.status == "FINISHED"
    assert run.data.tags["lab.outcome"] == "skipped"
    assert reason in run.data.tags["lab.not_applicable"]
    assert "recall" not in run.data.metrics
    assert scratch.runs()[f"{TINY}-failing-decision_tree"].info.status == "FAILED"


def test_a_changed_plugin_is_computed_anew(scratch):
    """With --reuse a strategy of a user counts as the same only while its file is the same."""
    (scratch.root / "own.py").write_text(MINE)
    names = ("--strategy", "mine", "--model", "decision_tree", "--dataset", TINY)
    options = ("-n", "0", "--plugin", "own.py", *names, "--reuse")
    case = f"{TINY}-mine-decision_tree"

    def reused():
        assert scratch.run(*options).returncode == 0
        return scratch.runs()[case].data.tags["lab.reused"]

    assert [reused(), reused()] == ["false", "true"]
    with (scratch.root / "own.py").open("a") as file:
        file.write("# another thought\n")
    assert reused() == "false"
