"""What a session found: verdicts on cases, and on models over all datasets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from lab.report.text import Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def observation_lines(observations: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    """Yield how many observations got which verdict, then each contradiction not on record.

    Parameters
    ----------
    observations : sequence of mapping
        Facts of observations, see :meth:`lab.observations.Observation.facts`.
    """
    counts = Counter(facts["verdict"] for facts in observations)
    exceptions = [o for o in observations if o["verdict"] == o["expected"] != "holds"]
    recorded = f"; {len(exceptions)} exceptions as recorded" if exceptions else ""
    yield from plain(
        f"{len(observations)} observations: {counts['holds']} hold, {counts['inconclusive']} "
        f"inconclusive, {counts['contradicted']} contradicted{recorded}"
    )
    contradicted = (o for o in observations if o["verdict"] == "contradicted" != o["expected"])
    for facts in sorted(contradicted, key=lambda o: str(o["subject"])):
        yield from plain("  contradicted: {subject}: {statement}: {figures}".format(**facts))
    yield "\n", False


def claim_table(claims: Sequence[Mapping[str, Any]], width: int) -> Iterator[Text]:
    """Yield a table of claims over datasets: one a row, models in columns.

    A cell is the mean effect over datasets and the verdict, bold if it holds.

    Parameters
    ----------
    claims : sequence of mapping
        Facts of observations whose subject is a model.
    width : int
        Columns of the terminal. As many models stand side by side as fit.
    """
    names = list(dict.fromkeys(facts["observation"] for facts in claims))
    models = list(dict.fromkeys(facts["subject"] for facts in claims))
    found = {(facts["observation"], facts["subject"]): facts for facts in claims}
    head = f"mean over {claims[0]['pairs']} datasets"
    left = max(map(len, [head, *names])) + 2
    columns = [max(len("+0.000 inconclusive"), len(model)) + 2 for model in models]
    start = 0
    while start < len(models):
        end = start + 1
        while end < len(models) and left + sum(columns[start : end + 1]) - 2 <= width:
            end += 1
        block = range(start, end)
        titles = (f"{models[i]:{columns[i]}}" for i in block)
        yield from plain(f"{head:{left}}{''.join(titles)}".rstrip())
        for name in names:
            cells = [found.get((name, models[i])) for i in block]
            gap = f"{name:{left}}"
            for facts, i in zip(cells, block, strict=True):
                text = f"{facts['effect']:+z.3f} {facts['verdict']}" if facts else "-"
                yield gap, False
                yield text, facts is not None and facts["verdict"] == "holds"
                gap = " " * (columns[i] - len(text))
            yield "\n", False
        yield "\n", False
        start = end
