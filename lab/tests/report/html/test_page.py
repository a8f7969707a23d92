"""Tests of the report's page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from lab.cases import Case
from lab.report import page
from lab.report.session_record import SessionRecord
from lab.tests.helpers.examples import answers_of, make_observation

VOID = {"meta", "link", "input", "br", "path", "circle", "rect"}
OPTIONAL = {"li", "td", "th", "tr", "tbody", "thead"}  # whose end HTML does not ask for


class Reader(HTMLParser):
    """Collects ids, links and texts of a page, and checks that its tags are closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.texts = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note a start."""
        named = dict(attributes)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named[name] for name in ("href", "src") if name in named]
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Note an end."""
        if tag not in VOID | OPTIONAL:
            assert self.open.pop() == tag

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data.strip())


def test_a_page_is_complete_and_self_contained(record):
    """Tags are closed, ids are unique, and every link leads to an element of the page."""
    read = Reader(page(record))
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    places = {f"#{name}" for name in read.ids} | {"data:,"}
    assert set(read.links) <= places
    assert "More of the minority is found." in " ".join(read.texts)


def test_user_text_is_escaped(record):
    """Tags in names and notes are shown as text."""
    text = page(record)
    assert "<b>.csv" not in text
    assert "a note with &lt;tags&gt; &amp; such" in text


def test_a_mistake_is_marked_and_never_recommended(record):
    """A strategy that leaks is marked as a mistake; it has no shade and is never recommended."""
    text = page(record)
    recommended = text[text.index('id="recommendation"') : text.index('id="trade-off"')]
    assert "smote_before_split" not in recommended
    assert "a mistake" in text
    rows = re.findall(r'<tr data-case="[^"]*smote_before_split[^"]*">.*', text)
    assert len(rows) == 1
    assert "--h" not in rows[0]


def test_a_session_without_results_has_a_page(record):
    """If no case has a result, the page shows the remarks."""
    empty = SessionRecord(record.session, [], {}, {}, [], [], ["all was skipped"], {}, [])
    assert "all was skipped" in page(empty)


def test_cases_without_a_result_are_named_at_the_top(record):
    """Failed cases have their reasons; without some cases there is no recommendation."""
    first, second = Case("a", "smote", "knn"), Case("b", "smote", "mlp")
    failed = replace(record, failures={first: "could not be evaluated: no luck"})
    text = page(failed)
    assert "Results: 3 of 4 cases; the report is about these" in text
    assert "<b>a-smote-knn</b>: could not be evaluated: no luck" in text
    assert 'class="recommendation"' in text
    interrupted = replace(record.session, outcome="interrupted")
    text = page(replace(record, session=interrupted, unfinished=[first, second]))
    assert "This session was interrupted" in text
    assert "a-smote-knn, b-smote-mlp" in text
    assert 'class="recommendation"' not in text


def test_each_statement_has_a_table_of_its_own(record):
    """Observations with one name but different statements do not share a heading."""
    first = record.observations[0]
    other = replace(first, statement="recall of other above raw > 0")
    text = page(replace(record, observations=[first, other]))
    assert len(re.findall("stated: recall of ", text)) == 2


def test_only_differences_have_a_sign(record):
    """The effect of an observation on a score itself is printed without a sign."""
    gain = replace(record.observations[0], effect=0.123)
    level = replace(gain, statement="recall > 0.5")
    for observation, text in ((gain, "+0.123"), (level, "0.123")):
        assert f'<td class="n">{text}' in page(replace(record, observations=[observation]))


def test_no_change_in_any_fold_is_told_in_words(record):
    """A difference of 0 in every fold has neither figures nor an interval."""
    same = replace(record.observations[0], effect=0.0, low=0.0, high=0.0)
    cells = '<td class="n">no change in any fold<td class="n">\N{EN DASH}<td>'
    assert cells in page(replace(record, observations=[same]))


def test_a_metric_that_a_record_lacks_is_a_dash(record):
    """A record from before a metric existed has a page."""
    without = [
        replace(result, scores={n: v for n, v in result.scores.items() if n != "f1_score"})
        for result in record.results
    ]
    pages = [page(record), page(replace(record, results=without))]
    rows = [re.findall(r'<tr data-case="[^"]*-raw-[^"]*">.*', text) for text in pages]
    assert [row.count("\N{EN DASH}") for (row,) in rows] == [0, 1]


def test_a_page_over_datasets_has_means_ranks_and_claims(record):
    """With several datasets the page starts with means, and has ranks and claims over them."""
    results, curves = [], {}
    for name in "abcdef":
        for result in record.results:
            case = replace(result.case, dataset=name)
            results.append(replace(result, case=case, dataset=result.dataset | {"digest": name}))
            curves[case] = record.curves[result.case]
    claim = make_observation("logistic_regression", "holds", name="smote_is_best")
    session = replace(
        record,
        results=results,
        curves=curves,
        runs={},
        observations=[claim],
        answers=answers_of(results),
    )
    text = page(session)
    assert "<caption>Means over 6 datasets. " in text
    assert "Over all datasets" in text
    assert "smote_is_best" in text
    assert re.search(r"F1: \w+ of 2 significantly worse than the best", text)
    assert Reader(text).open == []


def test_columns_of_own_data_have_a_section(own, record):
    """The page shows how the columns of a user's table were read, and survives as JSON."""
    read = SessionRecord.loads(own.dumps(), "mine")
    assert read.columns == own.columns
    html = page(read)
    assert '<h2 id="columns-h">How the columns were read</h2>' in html
    assert "a&lt;b</th><td>text</td>" in html
    assert "columns-h" not in page(record)


def sections_of(text):
    """Return the ids of a page's sections, in order; each has a link in the navigation."""
    found = re.findall(r'<section id="([^"]*)"', text)
    assert re.findall(r'<li><a href="#([^"]*)">', text[: text.index("</nav>")]) == found
    return found


def test_the_answer_comes_first_on_own_data(own, record):
    """On own data, observations come late and folded; on bundled data, before the scores."""
    answer = ["data", "recommendation", "decision-curve", "costs", "probabilities", "trade-off"]
    text = page(own)
    found = sections_of(text)
    assert found[: len(answer)] == answer
    assert found.index("observations") > found.index("cases")
    observations = text[text.index('id="observations-h"') :]
    assert '<details class="plain"><summary>1 observation: ' in observations
    found = sections_of(page(record))
    assert found[:3] == ["recommendation", "trade-off", "observations"]
    assert 'class="plain"' not in page(record)


def test_a_record_without_net_benefit_has_a_page(own):
    """A session that was recorded before net benefit has no decision curve."""
    curves = {
        case: {name: value for name, value in kept.items() if name != "net_benefit"}
        for case, kept in own.curves.items()
    }
    found = sections_of(page(replace(own, curves=curves)))
    assert "decision-curve" not in found
    assert "costs" in found


def test_a_record_without_answers_says_how_to_get_them(record):
    """A session that was recorded before answers names the command that computes them."""
    text = page(replace(record, answers=[]))
    assert f"<code>lab answer {record.session.id}</code>" in text
    assert sections_of(text)[:2] == ["recommendation", "trade-off"]


def test_a_row_of_the_table_has_what_stakeholders_ask(record):
    """Each goal has a value with its interval, plain counts, the gain, and what serves as well."""
    text = page(record)
    row = text[text.index(">Fewest false alarms at 80") : text.index(">Most positives in the top")]
    heads = re.findall('data-head="([^"]*)"', row)
    assert heads == [
        "use",
        "value to expect",
        "cutoff",
        "in plain counts",
        "gain over raw data",
        "serves as well",
    ]
    assert re.search(r"precision 0\.\d{3} \[0\.\d{3},\xa0\d\.\d{3}\]", row)
    assert re.search(r"of 1,000 rows: \d+ alarms, \d+ of 150 positives found", row)
    assert "What this assumes" in text
    assert "rows are independent of each other" in text
