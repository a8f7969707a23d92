"""Tests of how a session shows its tests: on the terminal and in the file of ``--junitxml``."""

from collections import Counter
from xml.etree import ElementTree

# On this table random forests raise no alarm without balancing.
FEW = ("--dataset", "synthetic:rows=150,minority=0.1,seed=2", "--model", "random_forest")


def test_a_verdict_is_no_expected_failure_in_the_junit_file(scratch):
    """Each observation has its verdict as a property, and one that is not shown its evidence."""
    options = ("-n", "0", *FEW, "--folds", "3", "--strategy", "raw", "--strategy", "smote")
    baseline = ("--baseline", "mine.json")
    scratch.run(*options, *baseline, "--update-baseline")
    done = scratch.run(*options, *baseline, "--reuse", "--junitxml", "junit.xml", "-rx")
    assert done.returncode == 0, done.stdout
    tree = ElementTree.parse(scratch.root / "junit.xml")  # noqa: S314 (the test's own file)
    verdicts, skipped = Counter(), Counter()
    for case in tree.iter("testcase"):
        named = {one.get("name"): one.get("value") for one in case.iter("property")}
        verdict, skip = named.get("verdict"), case.find("skipped")
        verdicts[verdict] += 1
        if skip is not None:
            assert skip.get("type") == "pytest.skip"
            if verdict:
                assert skip.get("message").startswith(f"{verdict} (as recorded in the baseline): ")
                assert f"- {skip.get('message')}" in " ".join(done.stdout.split())
                skipped[verdict] += 1
    assert "xfail" not in (scratch.root / "junit.xml").read_text()
    assert skipped == {v: n for v, n in verdicts.items() if v in ("inconclusive", "contradicted")}
    assert f"{skipped.total()} xfailed" in done.stdout
    assert skipped["inconclusive"] > 0


def test_precision_without_an_alarm_is_skipped(scratch):
    """The observation on precision is skipped, and its reason says that there was no alarm."""
    done = scratch.run("-n", "0", *FEW, "--folds", "3", "--strategy", "smote", "-rs")
    reason = "precision of smote above raw is undefined in all 3 folds, 3 of raw without an alarm"
    assert reason in " ".join(done.stdout.split())
    assert "precision_falls" not in done.stdout
