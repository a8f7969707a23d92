"""Tests of plugins: loaded, refused, and run as the documentation shows them."""

import copy
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lab.baseline import Baseline
from lab.cli import main
from lab.metrics import METRICS
from lab.models import MODELS
from lab.plugins import PluginError, load, load_own
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import MINE, TINY

PAGE = Path(__file__).parents[1] / "docs" / "extending.md"


@pytest.fixture
def own(tmp_path):
    """Yield a function that writes a module; what it registers is removed after the test."""

    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    yield write
    for registry, name in ((STRATEGIES, "mine"), (METRICS, "precision_top_1")):
        if name in registry:
            registry.unregister(name)


def test_a_file_is_loaded_once(own):
    """A file that is named twice is run once."""
    path = own(MINE)
    load([path])
    load([path, path])
    assert STRATEGIES["mine"].title == "what it does"


def test_the_conftest_of_a_project_is_loaded(own, tmp_path):
    """What benchmarks/conftest.py registers is available to the command line, as to a session."""
    (tmp_path / "benchmarks").mkdir()
    own(MINE, "benchmarks/conftest.py")
    load_own(tmp_path / "elsewhere")
    assert "mine" not in STRATEGIES
    load_own(tmp_path)
    assert "mine" in STRATEGIES


def test_a_broken_conftest_does_not_stop_other_commands(tmp_path, monkeypatch):
    """The command does its work, and warns on stderr, where the file's own output goes, too."""
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


def test_a_module_is_loaded_by_name(own, tmp_path, monkeypatch):
    """A plugin without the suffix `.py` is a module on the import path."""
    own(MINE, "lab_test_plugin.py")
    monkeypatch.syspath_prepend(tmp_path)
    load(["lab_test_plugin"])
    assert "mine" in STRATEGIES


def test_an_entry_point_is_loaded(own, tmp_path, monkeypatch):
    """An installed package with an entry point in `mlflow_lab` need not be named."""
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
        (MINE.replace('"mine"', '"my-own"'), "use lower-case letters, digits and underscores"),
    ],
)
def test_a_broken_plugin_is_explained(own, text, message):
    """A plugin that cannot be loaded is an error of one line that names it."""
    path = own(text)
    with pytest.raises(PluginError, match=f"--plugin {re.escape(path)}.*{message}") as caught:
        load([path])
    assert "\n" not in str(caught.value)


def test_a_missing_plugin_is_explained(tmp_path):
    """A file that does not exist is an error that names it."""
    with pytest.raises(PluginError, match=r"nothing\.py does not exist"):
        load([str(tmp_path / "nothing.py")])


def blocks():
    """Return the Python blocks of the page on extending the lab."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("place", ["mine.py", "benchmarks/conftest.py"])
def test_the_page_s_strategy_observation_and_metric_run(scratch, place):
    """One file with the page's strategy and metric adds both everywhere, and a test judges it."""
    strategy, observation = blocks()[:2]
    metric = next(block for block in blocks() if "METRICS.register" in block)
    assert len(strategy.splitlines()) <= 14
    (scratch.root / place).write_text(strategy + metric)
    (scratch.root / "benchmarks" / "test_mine.py").write_text(observation)
    name = re.search(r'Strategy\("(\w+)"', strategy).group(1)
    options = ["--strategy", "raw", "--strategy", name, "--model", "decision_tree"]
    if place == "mine.py":
        options += ["--plugin", place]
    done = scratch.run("-n", "1", "--dataset", TINY, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{TINY}-{name}-decision_tree" in scratch.runs()
    run = scratch.runs()[f"{TINY}-{name}-decision_tree"]
    (tag,) = [t for t in run.data.tags if "auc" in t]
    assert tag.startswith("observation.")

    metric, title = "precision_top_1", "top 1 %"
    assert {metric, f"{metric}_std", f"fold/{metric}"} <= run.data.metrics.keys()
    means = next(line for line in done.stdout.splitlines() if line.startswith("mean over folds"))
    assert title in means
    (page,), (baseline,) = (
        (scratch.root / "mlartifacts").rglob(file) for file in ("report.html", "scores.json")
    )
    assert page.read_text(encoding="utf-8").count(f'<th scope="col" class="n">{title}</th>') == 2
    assert all(metric in case.scores for case in Baseline.read(baseline).cases.values())


def test_the_page_s_metric_is_listed(own):
    """A metric that a plugin registers is in the list of metrics."""
    path = own(next(block for block in blocks() if "METRICS.register" in block))
    done = CliRunner().invoke(main, ["--plugin", path, "metrics", "--format", "json"])
    facts = json.loads(done.stdout)[-1]
    assert (facts["name"], facts["shown"]) == ("precision_top_1", ["strategies", "cases"])


def test_the_page_s_model_can_be_made(monkeypatch):
    """The page's lines register a model with probabilities."""
    monkeypatch.setattr("lab.models.MODELS", copy.copy(MODELS))
    code = next(block for block in blocks() if "MODELS.register" in block)
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102
    from lab import models

    (name,) = models.MODELS.keys() - MODELS.keys()
    assert hasattr(models.MODELS[name].make(0), "predict_proba")


def test_the_page_s_metric_scores(monkeypatch):
    """The page's lines register a metric, which a perfect ranking brings to 1."""
    monkeypatch.setattr("lab.metrics.METRICS", copy.copy(METRICS))
    code = next(block for block in blocks() if "METRICS.register" in block)
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102
    from lab import metrics

    (name,) = metrics.METRICS.keys() - METRICS.keys()
    y = np.array([0, 0, 0, 1], dtype=np.int8)
    assert metrics.METRICS[name](y, y, y.astype(float)) == 1


def test_the_page_s_metric_of_amounts_scores(monkeypatch):
    """The page's lines register a metric of a value column in about ten lines."""
    monkeypatch.setattr("lab.metrics.METRICS", copy.copy(METRICS))
    code = next(block for block in blocks() if "columns=" in block)
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102
    from lab import metrics

    (name,) = metrics.METRICS.keys() - METRICS.keys()
    metric = metrics.METRICS[name]
    y, alarms = np.array([[0, 1, 1, 1], [1, 1, 0, 0]], dtype=np.int8)
    amounts = {"amount": np.array([500.0, 70, 20, 10])}
    assert metric(y, alarms, alarms.astype(float), amounts) == pytest.approx(0.3)
    assert name not in metrics.METRICS.given([])


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
    """A case that refuses a training fold is skipped with the reason, also in its run."""
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
    assert f"refusing is skipped, {reason}: {TINY}-decision_tree" in done.stdout
    run = scratch.runs()[f"{TINY}-refusing-decision_tree"]
    assert run.info.status == "FINISHED"
    assert run.data.tags["lab.outcome"] == "skipped"
    assert reason in run.data.tags["lab.not_applicable"]
    assert "recall" not in run.data.metrics
    assert scratch.runs()[f"{TINY}-failing-decision_tree"].info.status == "FAILED"


def test_the_printed_command_writes_the_report(scratch, own, monkeypatch):
    """A session with a plugin prints the command of its report with the plugin."""
    path = own(MINE, "my own.py")
    names = ("--strategy", "mine", "--model", "decision_tree", "--dataset", TINY)
    done = scratch.run("-n", "0", "--plugin", path, *names, "-k", "test_case")
    command = re.search("Report: `lab (.*?)` writes it", done.stdout)[1]
    monkeypatch.chdir(scratch.root)
    written = CliRunner().invoke(main, shlex.split(command))
    assert written.exit_code == 0, written.output
    assert "what it does" in (scratch.root / "report.html").read_text()


def test_a_changed_plugin_is_evaluated_again(scratch):
    """With --reuse a result of a user's strategy is reused only while its file is unchanged."""
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
