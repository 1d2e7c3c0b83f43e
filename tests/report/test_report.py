"""Reports in a real browser, from disk and offline."""

import os
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

RUNS = pathlib.Path(os.environ["REPORTS"])
SHOTS = pathlib.Path(os.environ["SCREENSHOTS"])
PAGES = sorted([*RUNS.glob("*/report.html"), *RUNS.glob("*.html")])
NAMES = [p.parent.name if p.name == "report.html" else p.stem for p in PAGES]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(params=PAGES, ids=NAMES)
def path(request):
    return request.param


def opened(browser, path, width=1280, scheme="light"):
    context = browser.new_context(
        offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.troubles = []
    page.asked = []
    page.on("console", lambda m: page.troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached", timeout=30_000)
    return page


def test_there_are_reports():
    assert {"recovery", "network", "published", "activity", "side-by-side"} <= set(NAMES)


def test_opens_from_disk_without_a_network_and_without_an_error(browser, path):
    page = opened(browser, path)
    assert page.troubles == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert path.stat().st_size <= 1_500_000
    page.context.close()


def test_every_figure_has_marks_and_a_table(browser, path):
    page = opened(browser, path)
    figures = page.query_selector_all("figure")
    assert figures
    for figure in figures:
        name = figure.get_attribute("id")
        shapes = figure.query_selector_all(".plot svg .role-mark :is(path, line, text)")
        drawn = [shape for shape in shapes if shape.bounding_box()]
        assert drawn, f"{name} has no marks"
        assert figure.query_selector_all("details table tbody tr"), f"{name} has no numbers"
        texts = [text.text_content() for text in figure.query_selector_all("svg text")]
        assert not {"NaN", "undefined", "null", "[object Object]"} & set(texts), name
    page.context.close()


def test_hovering_over_a_mark_shows_the_numbers_of_its_row(browser, path):
    page = opened(browser, path)
    for figure in page.query_selector_all("figure"):
        name = figure.get_attribute("id")
        numbers = {cell.text_content().strip() for cell in figure.query_selector_all("tbody td")}
        kinds = ".mark-symbol.role-mark path", ".mark-rect.role-mark path"
        marks = [mark for kind in kinds for mark in figure.query_selector_all(kind)]
        mark = next(mark for mark in marks if mark.bounding_box())
        page.mouse.move(0, 0)
        mark.scroll_into_view_if_needed()
        mark.hover(force=True)
        tooltip = page.wait_for_selector("#vg-tooltip-element.visible", timeout=5000)
        keys = [key.text_content() for key in tooltip.query_selector_all("td.key")]
        values = {value.text_content() for value in tooltip.query_selector_all("td.value")}
        assert len(keys) > 1, name
        assert values & numbers, f"{name}: {values}"
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (420, "light")])
def test_is_accessible_and_no_wider_than_the_window(browser, path, width, scheme):
    page = opened(browser, path, width, scheme)
    name = NAMES[PAGES.index(path)]
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
    for summary in page.query_selector_all("summary"):
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_is_used_with_the_keyboard_alone(browser, path):
    page = opened(browser, path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#glance")
    page.locator("figure summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure table").first.is_visible()
    page.context.close()


def test_prints_on_paper(browser, path):
    page = opened(browser, path, scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    white = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(white) == "rgb(255, 255, 255)"
    SHOTS.mkdir(parents=True, exist_ok=True)
    sheet = SHOTS / f"{NAMES[PAGES.index(path)]}.pdf"
    page.pdf(path=sheet, format="A4")
    assert sheet.stat().st_size > 20_000
    page.context.close()
