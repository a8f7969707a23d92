"""Tests of what is read from the source of benchmark modules."""

import importlib.util
import inspect

import pytest

from lab.errors import UnknownNameError
from lab.observations.source import EXCEPTIONS, SourceError, pick_expected, read_expected
from lab.tests.helpers.scratch import PROJECT

MODULE = '''
import pytest
STRATEGIES = ["smote"]
MORE = {"a-m": "why", "b-m": "why"}
some = pytest.mark.models("knn", "mlp")
pytestmark = [pytest.mark.contradicted({"c-m": "why"})]

@some
@pytest.mark.inconclusive({"d-m": "why", **MORE})
def test_recall_rises(observe, result, under):
    """Recall rises.

    And more is said of it.
    """

def test_smote_is_best(observe, overall):
    """SMOTE is best."""
    assert observe(overall("recall", "smote", "raw", "class_weight") > 0)

def test_some_are_best(observe, overall):
    assert observe(overall("recall", *STRATEGIES) > 0)

def test_case(result):
    """Nothing is observed."""

class TestMore:
    @pytest.mark.contradicted({case: "why" for case in MORE if case > "a-z"})
    @pytest.mark.inconclusive(read_reasons())
    def test_another(self, observe, result):
        pass
'''


def test_the_source_says_what_pytest_sees():
    """Of every module the tests and the numbers of exceptions are those that importing it shows."""
    seen = {}
    for path in sorted((PROJECT / "benchmarks").glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, test in vars(module).items():
            if name.startswith("test_") and "observe" in inspect.signature(test).parameters:
                marks = getattr(test, "pytestmark", [])
                numbers = {
                    verdict: sum(len(mark.args[0]) for mark in marks if mark.name == verdict)
                    for verdict in EXCEPTIONS
                }
                sentence = test.__doc__.partition("\n")[0]
                seen[f"{path.stem}.{name.removeprefix('test_')}"] = (sentence, numbers)
    found = read_expected(PROJECT / "benchmarks")
    assert {one.key: (one.sentence, one.exceptions) for one in found} == seen
    assert len(seen) > 40


def test_marks_are_read_under_whatever_name(tmp_path):
    """Marks of a module, marks that have a name, and dictionaries made of others count."""
    (tmp_path / "test_mine.py").write_text(MODULE)
    (tmp_path / "helper.py").write_text("def test_x(observe): pass")
    case, claim, unread, inside = read_expected(tmp_path)
    assert (case.key, case.about, case.strategies) == ("test_mine.recall_rises", "case", ("smote",))
    assert case.sentence == "Recall rises."
    assert case.models == ("knn", "mlp")
    assert case.exceptions == {"inconclusive": 3, "contradicted": 1}
    assert (claim.about, claim.strategies) == ("claim", ("smote", "raw", "class_weight"))
    assert unread.strategies == ("smote",)
    assert (inside.name, inside.sentence) == ("another", "")
    assert inside.exceptions == {"inconclusive": None, "contradicted": 2}


def test_names_and_globs_pick(tmp_path):
    """A pattern is of a name, or of a module and a name; what matches nothing has near names."""
    (tmp_path / "test_mine.py").write_text(MODULE)
    expected = read_expected(tmp_path)
    picked = pick_expected(expected, ["test_mine.*", "recall_rises"])
    assert picked == pick_expected(expected, []) == expected
    assert [one.name for one in pick_expected(expected, ["*rises"])] == ["recall_rises"]
    with pytest.raises(UnknownNameError, match="did you mean recall_rises"):
        pick_expected(expected, ["recal_rises"])


@pytest.mark.parametrize(
    ("source", "message"),
    [("x =", r"test_bad.py, line 1: invalid syntax"), ("x = '\0'", "test_bad.py.*null bytes")],
)
def test_what_is_no_python_is_a_sentence(tmp_path, source, message):
    """A module that cannot be read is named, with the line."""
    (tmp_path / "test_bad.py").write_text(source)
    with pytest.raises(SourceError, match=message):
        read_expected(tmp_path)
