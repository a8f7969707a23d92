"""Tests of whole sessions on a user's own data."""

import json
from collections import Counter

import pandas as pd
import pytest
from click.testing import CliRunner

from lab.cli import main
from lab.datasets.bundled import BUNDLED
from lab.tests.helpers.examples import plugin, scores, statuses
from lab.tests.helpers.published_datasets import needs_recordings, publish_recorded
from lab.tests.helpers.web_site import Site

LR = ("--model", "logistic_regression")
TARGET = ("--target", "target")
# A plugin of a scratch project: it deletes the file once the tests are collected.
GONE = """
import pathlib
def pytest_collection_finish(session):
    pathlib.Path("copy.csv").unlink(missing_ok=True)
"""

# A plugin of a scratch project: OpenML has another address.
MOVED = """
import os
from lab.datasets.fetching import openml
from sklearn.datasets import _openml
address = openml.ADDRESS = os.environ["ADDRESS"]
for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
    path = getattr(_openml, name).partition("/api/")[2]
    setattr(_openml, name, f"{address}/api/{path}")
"""


def test_a_copy_of_a_bundled_dataset_has_its_scores(scratch):
    """A CSV copy has scores bit-identical to the bundled table's; the file is read once."""
    table = pd.read_parquet(BUNDLED / "abalone_19.parquet")
    table.to_csv(scratch.root / "copy.csv", index=False)
    done = scratch.run(
        *("-n", "1", "--dataset", "abalone_19", "--data", "copy.csv", *TARGET, *LR),
        *("--strategy", "smote", "--strategy", "smotenc", "--folds", "2"),
        *plugin(scratch, GONE),
    )
    assert done.returncode == 0, done.stdout
    assert not (scratch.root / "copy.csv").exists()
    found = scores(scratch.runs())
    for strategy in ("smote", "smotenc"):
        one, other = (f"{name}-{strategy}-{LR[1]}" for name in ("abalone_19", "copy"))
        assert found[one] == found[other]
        assert found[one]["recall"] > 0.3
    assert found["copy-smote-logistic_regression"] != found["copy-smotenc-logistic_regression"]
    assert "copy: 4,174 rows, 8 features, 1 categorical" in done.stdout
    assert "positive class: target = '1', 32 of 4,174 rows (0.77%)" in done.stdout
    assert not list((scratch.root / ".lab" / "sessions").iterdir())


@pytest.fixture
def churn(scratch):
    """Write a table with an odd name; return the options that name it."""
    table = pd.read_parquet(BUNDLED / "yeast_me2.parquet")
    table["target"] = table["target"].map({0: "stays", 1: "leaves"})
    table.loc[5:9, "target"] = None
    (scratch.root / "in").mkdir()
    name = 'a/b\'s "churn" [1] \N{PARTY POPPER}::.csv'.replace("/", "\N{DIVISION SLASH}")
    table.assign(constant=1).to_csv(scratch.root / "in" / name)
    return ("--data", f"in/{name}", *TARGET, *LR, "--strategy", "raw", "--strategy", "smote")


def outcomes(stdout):
    """Return how many tests ended how, from pytest's closing line."""
    line = stdout.strip().splitlines()[-1].strip("= ").partition(" in ")[0]
    return Counter({word: int(number) for number, word in map(str.split, line.split(", "))})


def test_verdicts_on_own_data_are_expected_once_recorded(scratch, churn, monkeypatch):
    """Verdicts count as themselves until ``--update-baseline`` records them as expected.

    `lab compare` takes the same baselines as the session.
    """
    monkeypatch.chdir(scratch.root)
    first = scratch.run("-n", "0", *churn)
    assert first.returncode == 0, first.stdout + first.stderr
    counts = outcomes(first.stdout)
    verdicts = ("holds", "inconclusive", "contradicted")
    assert sum(counts[verdict] for verdict in verdicts) == 10
    assert counts["holds"] >= 2
    assert counts["passed"] == 3  # two cases, and the baseline's own test
    assert counts["xfailed"] == counts["failed"] == 0
    assert "dropped: 5 rows without a value of target" in first.stdout
    assert "dropped as constant: 'constant'" in first.stdout
    assert "dropped as identifier: the column without a name" in first.stdout
    (file,) = (scratch.root / "in").glob("*.csv")
    path = file.with_name(f"{file.stem}.baseline.json")
    assert f"--update-baseline records them in {path}" in first.stdout
    done = CliRunner().invoke(main, ["compare"])
    assert done.stderr == (
        f"Error: {path} does not exist: repeat the session with --update-baseline\n"
    )

    runs = scratch.runs()
    assert statuses(runs) == {"FINISHED": 3}
    run = runs[f"{file.stem}-smote-logistic_regression"]
    assert run.data.params["dataset"] == file.stem
    assert "dropped as constant: 'constant'" in run.data.tags["lab.notes"]
    assert run.data.tags["observation.recall_rises"] in verdicts
    (session,) = (run for name, run in runs.items() if name.startswith("session"))
    assert "5 rows without a value of target" in session.data.tags["lab.data"]
    (logged,) = scratch.root.glob("mlartifacts/**/columns.json")
    columns = json.loads(logged.read_text())
    assert columns["columns"] == ["dataset", "column", "kind", "treatment", "missing", "remark"]
    assert [file.stem, "constant", "numbers", "dropped", "0", "constant"] in columns["data"]
    (logged,) = scratch.root.glob(f"mlartifacts/{run.info.run_id}/**/predictions.parquet")
    predictions = pd.read_parquet(logged)
    assert sorted(predictions["row"]) == [row for row in range(1484) if not 5 <= row <= 9]

    assert scratch.run("-n", "1", *churn, "--reuse", "--update-baseline").returncode == 0
    recorded = json.loads(path.read_text())
    found = Counter(line["verdict"] for line in recorded["verdicts"] for _ in line["cases"])
    assert found == Counter({v: counts[v] for v in verdicts if counts[v]})
    again = outcomes(scratch.run("-n", "0", *churn, "--reuse").stdout)
    done = CliRunner().invoke(main, ["compare"])
    assert done.stdout.startswith(f"{path.name} -> session 2"), done.output
    assert "2 cases: 2 unchanged" in done.stdout
    assert again["holds"] == again["inconclusive"] == again["contradicted"] == 0
    assert again["xfailed"] == counts["inconclusive"] + counts["contradicted"]

    (rises,) = (line for line in recorded["verdicts"] if "recall_rises" in line["observation"])
    rises["verdict"] = "contradicted"
    path.rename(scratch.root / "other.json")
    (scratch.root / "other.json").write_text(json.dumps(recorded))
    done = scratch.run("-n", "0", *churn, "--reuse", "--baseline", "other.json")
    compared = CliRunner().invoke(main, ["compare"])
    assert compared.stdout.startswith("other.json -> session 2"), compared.output
    assert done.returncode == 1
    assert "expected contradicted (as recorded in the baseline)" in done.stdout
    assert outcomes(done.stdout)["failed"] == 1


def test_cases_that_are_not_applicable_are_skipped_with_the_reason(scratch):
    """Cases that a strategy cannot handle are skipped, and have no run."""
    rows = [(i * 0.37 % 5, "ab"[i % 2], int(i in (7, 30))) for i in range(60)]
    pd.DataFrame(rows, columns=["x", "kind", "target"]).to_csv(scratch.root / "few.csv")
    strategies = [o for name in ("raw", "smote", "smotenc") for o in ("--strategy", name)]
    options = ("--data", "few.csv", *TARGET, "--dataset", "yeast_me2", *LR, *strategies)
    done = scratch.run("-n", "1", *options, "--folds", "2", "-rs", "-k", "not yeast_me2-smote-")
    assert done.returncode == 0, done.stdout
    assert (
        "smote is skipped, it needs 2 minority rows, and a training fold has 1: few" in done.stdout
    )
    assert "smotenc is skipped, there is no categorical column: yeast_me2" in done.stdout
    assert "few-smote-logistic_regression: it needs 2 minority rows" in done.stdout
    assert "yeast_me2-smotenc-logistic_regression: there is no categorical column" in done.stdout
    names = {name for name in scratch.runs() if not name.startswith("session")}
    assert names == {"few-raw-logistic_regression", "yeast_me2-raw-logistic_regression"}
    none = scratch.run("-n", "0", "--dataset", "yeast_me2", *LR, "--strategy", "smotenc")
    assert none.returncode == 5
    assert "No case can be computed." in none.stdout


@needs_recordings
def test_a_dataset_of_openml_is_downloaded_once(scratch):
    """A session downloads the datasets it names; the next one needs no network."""
    site = Site()
    site.start()
    publish_recorded(site, 40945)
    env = {"ADDRESS": site.address, "no_proxy": "127.0.0.1"}
    env["SCIKIT_LEARN_DATA"] = str(scratch.root / "data")
    options = (*plugin(scratch, MOVED), *LR, "--strategy", "raw", "--strategy", "smotenc")
    options = (*options, "--folds", "2")
    done = scratch.run("-n", "1", "--dataset", "openml:40945", *options, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "downloading openml:40945 from 127.0.0.1" in done.stdout
    assert "openml:40945: 1,309 rows, 13 features" in done.stdout
    run = scratch.runs()["openml:40945-smotenc-logistic_regression"]
    assert run.data.metrics["recall"] > 0.5

    # A damaged copy is detected before the first fit, and downloaded again.
    (copy,) = (scratch.root / "data" / "mlflow-lab").glob("*.arrow")
    copy.write_bytes(copy.read_bytes()[:5000])
    again = scratch.run("-n", "0", "--dataset", "openml:40945", *options, "--reuse", env=env)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "downloading openml:40945" in again.stdout

    site.stop()
    again = scratch.run("-n", "0", "--dataset", "openml:40945", *options, "--reuse", env=env)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "downloading" not in again.stdout
    offline = scratch.run("--dataset", "openml:31", *options, env=env)
    assert offline.returncode == 4
    assert "ERROR: dataset 'openml:31' is not available locally" in offline.stderr
    kept = {path.name for path in (scratch.root / "data" / "mlflow-lab").iterdir()}
    assert len(kept - {".lock"}) == 2
