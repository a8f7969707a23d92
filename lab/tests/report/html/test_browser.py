"""Tests of the report in a real browser.

With ``--dist loadfile`` sessions are run once. ``LAB_REPORTS`` names reports to test in place of
that of a small session with the default strategies, ``LAB_SCREENSHOTS`` a folder for pictures.
"""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lab.tests.helpers import chromium
from lab.tests.helpers.chromium import opened, save, unfold, violations
from lab.tests.helpers.scratch import Scratch

pytestmark = pytest.mark.slow
GIVEN = [path for path in os.environ.get("LAB_REPORTS", "").split(os.pathsep) if path]
DATASETS = [f"synthetic:rows=240,minority=0.15,seed={seed}" for seed in (1, 2)]
SELECTED = [part for name in DATASETS for part in ("--dataset", name)]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": chromium.PHONE},
}
# Sessions of the project, with their places before the latest.
SESSIONS = {"standard": 2, "default": 1, "own": 0}
OWN = ("--target", "fraud", "--time", "day", "--group", "customer", "--goal", "default")


@pytest.fixture(scope="module")
def project(tmp_path_factory, empty_database, forks):
    """Return a project with a session of the standard strategies, of the default ones, and more.

    The last one is about a table of the user's own, with groups and times, and asks for costs.
    """
    scratch = Scratch(tmp_path_factory.mktemp("browser"), forks)
    shutil.copy(empty_database, scratch.root)
    # A fast model, without the strategies that fit hundreds of models.
    standard = ("--strategy", "standard", "--model", "logistic_regression")
    standard = (*standard, "-k", "not easy_ensemble and not instance_hardness")
    payments(scratch.root / "payments.csv")
    own = ("--data", "payments.csv", *OWN, "--goal", "cost:miss=20,alarm=1")
    own = (*own, "--strategy", "raw", "--strategy", "smote", "--model", "logistic_regression")
    for selected in ((*SELECTED, *standard), SELECTED, own):
        if not (GIVEN and selected is SELECTED):
            done = scratch.run("--folds", "3", *selected, "-q")
            assert done.returncode == 0, done.stdout + done.stderr
    return scratch


def payments(path):
    """Write a table with a date and a customer in each row."""
    rng = np.random.default_rng(0)
    y = (np.arange(300) % 8 == 0).astype(int)
    table = pd.DataFrame(
        {
            "day": pd.date_range("2025-01-01", periods=300).strftime("%Y-%m-%d"),
            "customer": [f"c{number}" for number in rng.integers(0, 150, 300)],
            "amount": rng.gamma(1.0, 50.0, 300).round(2) + 120 * y,
            "age": rng.integers(18, 90, 300),
            "country": "US",
            "fraud": np.where(y, "yes", "no"),
        }
    )
    table.to_csv(path, index=False)


@pytest.fixture(scope="module", params=["standard", *(GIVEN or ["default"]), "own"])
def report(request, project):
    """Return the address of a report."""
    path = Path(request.param).absolute()
    if request.param in SESSIONS:
        path = project.root / f"{request.param}.html"
        if not path.exists():
            place = SESSIONS[request.param]
            place -= bool(GIVEN and place)  # the default session is left out
            project.lab("report", f"latest~{place}" if place else "latest", "-o", str(path))
    return path.as_uri()


def name_of(report):
    """Return the name of a report's screenshots."""
    return f"report-{Path(report).stem}"


@pytest.mark.parametrize("look", LOOKS)
def test_a_report_opens_from_disk(browser, report, look):
    """It makes no request, logs no message, and fits the width of a phone."""
    with opened(browser, report, **LOOKS[look]) as (page, seen):
        save(page, f"{name_of(report)}-{look}", full_page=True)
        for unfolded in (False, True):
            if unfolded:
                unfold(page)
                save(page, f"{name_of(report)}-{look}-unfolded", full_page=True)
            width = page.viewport_size["width"]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith("data:")] == [report]


def test_a_report_prints(browser, report):
    """The printed report has no navigation and no input, and fits the paper."""
    with opened(browser, report) as (page, seen):
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        save(page, f"{name_of(report)}-print", full_page=True)
        assert page.locator("main").is_visible()
        assert not page.locator("nav").is_visible()
        assert not page.get_by_role("searchbox").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
        # Within margins of 1 cm nothing is cut off, with details open or closed.
        page.set_viewport_size({"width": 794 - 76, "height": 1123})
        for fold in (lambda _: None, unfold):
            fold(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 794 - 76
        assert seen.complaints == []


# Unfolding a large report takes minutes, so given ones stay folded.
LOOKED_AT = [(report, look, True) for report in ("standard", "own") for look in LOOKS]
LOOKED_AT += [(report, "light", False) for report in GIVEN or ["default"]]


@pytest.mark.parametrize(("report", "look", "unfolded"), LOOKED_AT, indirect=["report"])
def test_a_report_is_accessible(browser, report, look, unfolded):
    """axe-core finds no violation of WCAG 2 or of best practices."""
    # axe-core runs a script in the page, which the page's content security policy forbids.
    with opened(browser, report, bypass_csp=True, **LOOKS[look]) as (page, _):
        if unfolded:
            unfold(page)
        assert violations(page) == []


def test_tables_sort_by_keyboard(browser, report):
    """Tab leads to the headings; Enter sorts, with an ARIA state, and again reverses."""
    with opened(browser, report) as (page, _):
        table = page.get_by_role("region", name="Scores of every case")
        head = table.locator("thead th")

        def column(number):
            return table.locator(f"tbody tr > :nth-child({number})").all_inner_texts()

        page.get_by_role("searchbox").focus()
        page.keyboard.press("Tab")  # the region, which scrolls
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert head.nth(0).get_attribute("aria-sort") == "ascending"
        up = column(1)
        page.keyboard.press("Enter")
        assert head.nth(0).get_attribute("aria-sort") == "descending"
        assert column(1) == up[::-1]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert head.nth(0).get_attribute("aria-sort") is None
        assert head.nth(1).get_attribute("aria-sort") == "descending"
        numbers = [float(text) for text in column(2)]
        assert numbers == sorted(numbers, reverse=True)


def test_folds_open_by_keyboard(browser, report):
    """Enter on a summary opens its details, and again closes them."""
    with opened(browser, report) as (page, _):
        fold = page.locator("#cases details").first  # no case is open at first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.get_by_role("table").is_visible()
        page.keyboard.press("Enter")
        assert not fold.get_by_role("table").is_visible()


def test_cases_are_found_and_opened(browser, report):
    """Words filter the cases, with a count; the link of a case opens its details."""
    from playwright.sync_api import expect

    with opened(browser, report) as (page, _):
        rows = page.locator("tr[data-case]")
        names = rows.locator("a").all_inner_texts()
        fitting = [name for name in names if "smote" in name and "logistic" in name]
        page.get_by_role("searchbox").fill("Logistic smote")
        assert page.get_by_role("status").inner_text() == f"{len(fitting)} shown"
        assert page.locator("tr[data-case]:visible a").all_inner_texts() == fitting
        link = page.get_by_role("link", name=fitting[0], exact=True)
        link.focus()
        page.keyboard.press("Enter")
        fold = page.locator(link.get_attribute("href"))
        expect(fold).to_have_attribute("open", "")
        expect(fold.locator("summary")).to_be_in_viewport()
        assert fold.locator("summary").inner_text().startswith(fitting[0])
        page.get_by_role("searchbox").fill("")
        assert page.get_by_role("status").inner_text() == ""
        assert page.locator("tr[data-case]:visible").count() == len(names)


def test_a_report_without_scripts(browser, report):
    """Without scripts the recommendation, the pictures and every case are visible."""
    with opened(browser, report, java_script_enabled=False) as (page, seen):
        recommendation = page.locator("#recommendation table").first
        assert recommendation.locator("tbody tr").count() > 0
        assert recommendation.is_visible()
        assert page.locator("#trade-off svg").first.is_visible()
        cases = page.locator("tr[data-case]")
        said = re.search(r"(\d+) cases?:", page.locator("header").inner_text())
        assert cases.count() == page.locator("tr[data-case]:visible").count() == int(said[1])
        assert seen.complaints == []


# Parts of pictures that reach out of them, and axes without a size.
OUTSIDE = """
[...document.querySelectorAll("figure")].flatMap((figure) => {
  const frame = figure.getBoundingClientRect();
  return [...figure.querySelectorAll("svg text, svg path.line, svg path.curve")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < frame.left || box.right > frame.right || box.top < frame.top
      || box.bottom > frame.bottom);
  }).map((one) => one.textContent || one.getAttribute("class"));
}).concat([...document.querySelectorAll("#cases svg use")].filter(
  (axes) => axes.getBoundingClientRect().width < 100).map((axes) => axes.getAttribute("href")))
"""


@pytest.mark.parametrize("look", [*LOOKS, "print"])
def test_pictures_fit_their_frames(browser, report, look):
    """Ticks, titles and lines of every picture are within it, and each case has axes."""
    with opened(browser, report, **LOOKS.get(look, {})) as (page, _):
        if look == "print":
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 794 - 76, "height": 1123})
        unfold(page)
        assert page.locator("#decision-curve figure").first.is_visible()
        assert page.locator("#cases svg use").count() > 0
        assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("report", ["own"], indirect=True)
def test_own_data_are_answered_first(browser, report):
    """Data, recommendation and pictures of decisions come first; observations are folded."""
    with opened(browser, report) as (page, _):
        found = page.locator("main > section").evaluate_all("(all) => all.map((one) => one.id)")
        assert found[:5] == ["data", "recommendation", "decision-curve", "costs", "probabilities"]
        data = page.locator("#data").inner_text()
        for text in ("300 rows of payments.csv, 38 positives", "(day)", "(customer)", "country"):
            assert text in data
        assert "Which claims hold on these data" in page.locator("#observations").inner_text()
        fold = page.locator("#observations > details")
        assert fold.get_attribute("open") is None
        assert re.match(r"\d+ observations: \d+ holds?, ", fold.locator("> summary").inner_text())
        assert not fold.locator("h3").first.is_visible()


@pytest.mark.parametrize("report", ["own"], indirect=True)
def test_decisions_are_pictured(browser, report):
    """Pictures are named for those who do not see them, and every line has a place in the key."""
    with opened(browser, report) as (page, _):
        curve = page.get_by_role("img", name="Net benefit by threshold on payments")
        assert "raw with logistic_regression is " in curve.get_attribute("aria-label")
        for text in ("flag every row", "flag none"):
            assert curve.get_by_text(text).is_visible()
        numbers = curve.locator(".num").all_text_contents()
        assert numbers == page.locator("#decision-curve .key b").all_inner_texts()
        cost = page.get_by_role("img", name="Lowest cost: 20 a missed positive, 1 an alarm")
        assert re.search(r"lowest cost [\d,.]+ at [\d,.]+ alarms", cost.get_attribute("aria-label"))
        assert cost.locator("circle").is_visible()
        step = page.locator("#recommendation li", has_text="Get the models")
        assert step.locator("code").inner_text() == "\u2026 --reuse --log-models"


ATTACK = "<img src=x onerror=alert(1)>"


def test_html_in_a_user_s_data_is_text(browser, scratch):
    """Tags in the names of a file, a column and a level are shown as text, and not run."""
    rng = np.random.default_rng(0)
    y = (np.arange(240) % 8 == 0).astype(int)
    table = pd.DataFrame({"number": rng.normal(size=240) + y, f"c{ATTACK}": "low"})
    table.loc[::3, f"c{ATTACK}"] = f"high{ATTACK}"
    table[ATTACK] = np.where(y, f"level{ATTACK}", "none")
    path = scratch.root / f"b{ATTACK}.csv"
    table.to_csv(path, index=False)
    own = ("--data", str(path), "--target", ATTACK, "--model", "logistic_regression")
    done = scratch.run("-n", "0", *own, "--folds", "3", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    done = scratch.lab("report", "-o", "html.html")
    assert done.returncode == 0, done.stderr
    with opened(browser, (scratch.root / "html.html").as_uri()) as (page, seen):
        page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
        unfold(page)
        save(page, "report-html", full_page=True)
        assert page.locator("img").count() == 0
        shown = page.locator("body").inner_text()
        for text in (f"b{ATTACK}", f"c{ATTACK}", f"level{ATTACK}", f"target {ATTACK}"):
            assert text in shown
        assert seen.complaints == []
