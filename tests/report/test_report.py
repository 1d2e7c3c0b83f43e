"""Reports in a real browser, from disk and offline."""

import os
import pathlib
import re
import xml.etree.ElementTree

import PIL.Image
import pypdfium2
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
        accept_downloads=True, offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    context.set_default_timeout(90_000)  # on a busy machine a page is slow, not wrong
    page = context.new_page()
    page.troubles = []
    page.asked = []
    page.on("console", lambda m: page.troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    return page


def test_there_are_reports():
    assert {"recovery", "network", "published", "activity", "checked", "side-by-side",
            "with-and-without-habits"} <= set(NAMES)


def test_opens_from_disk_without_a_network_and_without_an_error(browser, path):
    page = opened(browser, path)
    assert page.troubles == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert path.stat().st_size <= 1_500_000
    page.context.close()


# Shapes of data, not of axes and legends, that take up room.
MARKS = """(figure) => [...figure.querySelectorAll(".plot svg .role-mark :is(path, line, text)")].filter((shape) => {
  const box = shape.getBoundingClientRect();
  return box.width + box.height > 0;
})"""


def test_every_figure_has_marks_and_a_table(browser, path):
    page = opened(browser, path)
    found = page.evaluate(f"""[...document.querySelectorAll("figure")].map((figure) => ({{
      name: figure.id,
      marks: ({MARKS})(figure).length,
      rows: figure.querySelectorAll("details table tbody tr").length,
      texts: [...figure.querySelectorAll("svg text")].map((text) => text.textContent),
    }}))""")
    assert found
    for figure in found:
        assert figure["marks"] > 0, figure["name"]
        assert figure["rows"] > 0, figure["name"]
        assert not {"NaN", "undefined", "null", "[object Object]"} & set(figure["texts"]), figure["name"]
    page.context.close()


def test_hovering_over_a_mark_shows_the_numbers_of_its_row(browser, path):
    page = opened(browser, path)
    for figure in page.query_selector_all("figure"):
        name = figure.get_attribute("id")
        numbers = set(figure.evaluate(
            "(figure) => [...figure.querySelectorAll('tbody td')].map((cell) => cell.textContent.trim())"
        ))
        at = figure.evaluate(f"""(figure) => {{
          const marks = ({MARKS})(figure);
          const mark = marks.find((shape) => shape.closest(".mark-symbol")) ?? marks[0];
          mark.scrollIntoView({{ block: "center", behavior: "instant" }});
          const box = mark.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }}""")
        page.mouse.move(0, 0)
        page.mouse.move(*at)
        page.wait_for_selector("#vg-tooltip-element.visible", timeout=5000)
        values = page.evaluate(
            "[...document.querySelectorAll('#vg-tooltip-element td.value')].map((value) => value.textContent)"
        )
        assert set(values) & numbers, f"{name}: {values}"
    page.context.close()


@pytest.mark.parametrize("name", ["side-by-side", "with-and-without-habits"])
def test_a_run_has_one_colour(browser, name):
    page = opened(browser, RUNS / f"{name}.html")
    marks, legends = page.evaluate("""(() => {
      const probe = document.createElement("span");
      document.body.append(probe);
      const shown = (colour) => { probe.style.color = colour; return getComputedStyle(probe).color; };
      const marks = [...document.querySelectorAll(".run h3")].map((title) =>
        [title.textContent.split(":")[0], getComputedStyle(title, "::before").backgroundColor]);
      const legends = [...document.querySelectorAll(".role-legend-entry .role-scope > g > g")].map((entry) =>
        [entry.querySelector("text")?.textContent,
         shown(entry.querySelector(".role-legend-symbol path")?.getAttribute("fill"))]);
      return [marks, legends];
    })()""")
    colours = dict(marks)
    assert len(set(colours.values())) == 2
    assert all(colours[run] == colour for run, colour in marks)
    named = [(run, colour) for run, colour in legends if run in colours]
    assert {run for run, _ in named} == set(colours)
    assert all(colours[run] == colour for run, colour in named)
    page.context.close()


def saved(page, figure, kind, folder):
    page.wait_for_timeout(110)  # Chromium drops, without a word, more than ten downloads of a page within a second
    with page.expect_download() as download:
        figure.get_by_role("button", name=f"Save as {kind}").click()
    assert download.value.suggested_filename == f"{figure.get_attribute('id')}.{kind.lower()}"
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def size_of(figure):
    return figure.locator(".plot svg").evaluate("(svg) => ['width', 'height'].map((n) => Number(svg.getAttribute(n)))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure_is_saved_as_an_svg_that_stands_alone(browser, path, scheme, tmp_path):
    page = opened(browser, path, scheme=scheme)
    for figure in page.locator("figure").all():
        text = saved(page, figure, "SVG", tmp_path).read_text(encoding="utf-8")
        root = xml.etree.ElementTree.fromstring(text)
        assert [float(root.get(name)) for name in ("width", "height")] == size_of(figure)
        assert root.find("{*}title").text == figure.locator("h3").inner_text()
        # Nothing of the page's style is left in it, and it is for paper, in whatever light the page is read.
        assert not re.search(r"var\(|currentColor", text)
        words = root.findall(".//{*}text")
        assert {word.get("fill") for word in words} <= {"#1c2127"}
        seen = figure.locator(".plot svg text").all_text_contents()
        assert ["".join(word.itertext()) for word in words] == seen
    assert page.troubles == []
    page.context.close()


def test_colours_of_a_saved_run_are_the_page_s(browser, tmp_path):
    page = opened(browser, RUNS / "side-by-side.html")
    for run, colour in [(0, "#b0558a"), (1, "#b97f00")]:
        text = saved(page, page.locator(f"#gains-{run}, #deviance").first, "SVG", tmp_path).read_text()
        assert colour in text
    page.context.close()


def test_figures_are_saved_as_png_three_times_as_fine_as_on_screen(browser, tmp_path):
    page = opened(browser, RUNS / "recovery" / "report.html", scheme="dark")
    for figure in page.locator("figure").all():
        image = PIL.Image.open(saved(page, figure, "PNG", tmp_path))
        assert image.size == tuple(3 * side for side in size_of(figure))
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        assert len(image.convert("RGB").getcolors(1 << 20)) > 10  # something is drawn
    page.context.close()


def test_checks_of_a_fit_have_a_part_each(browser):
    page = opened(browser, RUNS / "checked" / "report.html")
    for part, figures in [("behaviour", 2), ("assumptions", 1)]:
        assert page.locator(f"nav a[href='#{part}']").count() == 1
        assert page.locator(f"#{part} figure").count() == figures
    # The grid has a symbol for each row of its table.
    grid = page.locator("#assumptions figure")
    assert grid.locator(".mark-symbol.role-mark path").count() == grid.locator("tbody tr").count()
    page.context.close()


# Words of figures that leave the drawing, and so are cut off.
CUT_OFF = """[...document.querySelectorAll("figure")].flatMap((figure) => {
  const edge = figure.querySelector("svg").getBoundingClientRect();
  const shown = [...figure.querySelectorAll("svg text")].filter((text) => getComputedStyle(text).opacity > 0);
  return shown.filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < edge.left - 1 || box.right > edge.right + 1 ||
      box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
  }).map((text) => `${figure.id}: ${text.textContent}`);
})"""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (420, "light")])
def test_is_accessible_and_whole_at_the_window_s_width(browser, path, width, scheme):
    page = opened(browser, path, width, scheme)
    name = NAMES[PAGES.index(path)]
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
    assert page.evaluate(CUT_OFF) == []
    if width == 1280:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_is_used_with_the_keyboard_alone(browser, path):
    page = opened(browser, path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#glance")
    page.locator("figure summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("figure table").first.wait_for()
    page.locator("nav a[href='#words']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#words")
    page.wait_for_function("document.querySelector('#words').getBoundingClientRect().top < innerHeight")
    page.context.close()


def filled(sheet):
    """How far down each page something is printed, as a share of its height."""
    shares = []
    for page in pypdfium2.PdfDocument(sheet):
        image = page.render(scale=0.5, grayscale=True)
        rows = [bytes(image.buffer[n * image.stride :][: image.width]) for n in range(image.height)]
        shares.append(max((n + 1 for n, row in enumerate(rows) if min(row) < 200), default=0) / image.height)
    return shares


def test_prints_on_paper(browser, path):
    page = opened(browser, path, scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    white = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(white) == "rgb(255, 255, 255)"
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{NAMES[PAGES.index(path)]}-print.png", full_page=True)
    sheet = SHOTS / f"{NAMES[PAGES.index(path)]}.pdf"
    page.pdf(path=sheet, format="A4")
    # A figure is kept whole where it fits between the margins of A4.
    page.evaluate("document.body.style.width = '182mm'")
    tallest = page.evaluate("Math.max(...[...document.querySelectorAll('figure')].map((f) => f.offsetHeight))")
    assert 0 < tallest / 96 * 25.4 <= 273  # mm
    shares = filled(sheet)[:-1]
    assert min(shares) > 0.25
    assert sum(shares) / len(shares) > 0.65
    page.context.close()
