"""Tests of the list of observations, which is read from the benchmark modules."""

import subprocess
import sys

import pytest

from lab.errors import UnknownNameError
from lab.observations.modules import BenchmarkModuleError, pick_observations, read_observations
from lab.tests.conftest import PROJECT

MODULE = '''
import pytest
from reasons import MORE
STRATEGIES = ["smote"]
some = pytest.mark.models("knn", "mlp")
pytestmark = [pytest.mark.contradicted({"c-m": "why"})]

@some
@pytest.mark.contradicted({"d-m": "why", **MORE})
def test_recall_rises(observe, result, under):
    """Recall rises.

    More about it.
    """

def test_smote_is_best(observe, overall):
    """SMOTE is best."""
    assert observe(overall("recall", "smote", "raw", "class_weight") > 0)

def test_some_are_best(observe, overall):
    assert observe(overall("recall", *STRATEGIES, other="raw") > 0)

def test_one_more_fixture(observe, overall, factor):
    assert observe(factor() * overall("recall", "smote", "raw") > 0)

def test_case(result):
    """Nothing is observed."""

class TestMore:
    pytestmark = pytest.mark.models("knn")

    @pytest.mark.contradicted({case: "why" for case in MORE if case > "a-z"})
    def test_another(self, observe, result):
        pass
'''


def folder_of(tmp_path, module=MODULE):
    """Return a folder of benchmark modules with one that has observations."""
    (tmp_path / "test_mine.py").write_text(module)
    (tmp_path / "reasons.py").write_text('MORE = {"a-m": "why", "b-m": "why"}')
    (tmp_path / "test_other.py").write_text("raise RuntimeError('imported in vain')")
    return tmp_path


def test_marks_fixtures_and_docstrings_are_read(tmp_path):
    """Marks of a test, its class and its module count; a claim names what it compares."""
    case, claim, keyword, fixture, inside = read_observations(folder_of(tmp_path))
    assert (case.key, case.about, case.strategies) == ("test_mine.recall_rises", "case", ("smote",))
    assert case.sentence == "Recall rises."
    assert case.models == ("knn", "mlp")
    assert case.exceptions == {"contradicted": 4}
    assert (claim.about, claim.strategies) == ("claim", ("smote", "raw", "class_weight"))
    assert (keyword.about, keyword.strategies) == ("claim", ("smote", "raw"))
    assert (fixture.about, fixture.strategies) == ("claim", ("smote",))
    assert (inside.name, inside.sentence, inside.models) == ("another", "", ("knn",))
    assert inside.exceptions == {"contradicted": 2}


def test_a_module_that_asks_to_be_skipped_has_no_observations(tmp_path):
    """Pytest would not collect it either."""
    skipped = f"import pytest\npytest.importorskip('no_such_module')\n{MODULE}"
    assert read_observations(folder_of(tmp_path, skipped)) == []


def test_names_and_globs_pick(tmp_path):
    """A pattern is of a name, or of a module and a name; close matches are suggested."""
    tests = read_observations(folder_of(tmp_path))
    assert pick_observations(tests, ["test_mine.*", "recall_rises"]) == tests
    assert pick_observations(tests, []) == tests
    assert [one.name for one in pick_observations(tests, ["*rises"])] == ["recall_rises"]
    with pytest.raises(UnknownNameError, match="did you mean recall_rises"):
        pick_observations(tests, ["recal_rises"])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("observe =", r"test_bad.py, line 1: invalid syntax"),
        ("observe = '\0'", "test_bad.py.*null bytes"),
        ("import observe_no_such", "test_bad.py cannot be imported: ModuleNotFoundError: No modul"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(tmp_path, source, message):
    """The error says which module, where and why."""
    (tmp_path / "test_bad.py").write_text(source)
    with pytest.raises(BenchmarkModuleError, match=message):
        read_observations(tmp_path)


def test_the_list_is_light():
    """To read the project's observations takes neither scikit-learn, MLflow nor pandas."""
    code = (
        "import sys; from pathlib import Path; from lab.observations.modules import *;"
        "print(len(read_observations(Path('benchmarks'))), *{'sklearn', 'mlflow', 'pandas'} &"
        " sys.modules.keys())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    number, *heavy = done.stdout.split()
    assert int(number) > 40
    assert heavy == []
