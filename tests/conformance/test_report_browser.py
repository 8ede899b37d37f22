"""The page and the picture in a real browser: on a phone, by keyboard, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs
import pytest

from k8sgen.output.header import with_header
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project
from k8sgen.report import PAGE, Facts, collect, page_file
from k8sgen.topology import to_svg
from tests.k8sgen.topology.pictures import HOSTILE, hostile
from tests.tools import missing, tool

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCRIPTS = Path(__file__).with_name("report_browser.js").read_text("utf-8")
WIDTHS = (320, 375, 768, 1280)
SAID: list[str] = []
"""What the page has said on the console, and the addresses that it has asked for."""

Scheme = Literal["light", "dark"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """
    A tab of a browser without a window; whatever it says or asks for is kept.
    """
    if find_spec("playwright") is None:
        missing("playwright", "pip install playwright")
    playwright = import_module("playwright.sync_api").sync_playwright
    with playwright() as running:
        browser = running.chromium.launch(executable_path=tool("chromium"), args=list(QUIET))
        tab: Page = browser.new_page()
        tab.on("console", lambda message: SAID.append(message.text))
        tab.on("pageerror", lambda error: SAID.append(str(error)))
        tab.on("dialog", lambda dialog: SAID.append(dialog.message))
        tab.on("request", lambda request: SAID.append(request.url))
        yield tab
        browser.close()


@pytest.fixture(scope="module")
def facts(project: Project, compositions: Mapping[str, Composition]) -> Facts:
    """
    What the page of the shipped project shows.
    """
    return collect(project, compositions)


@pytest.fixture(scope="module")
def url(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> str:
    """
    The page of the shipped project in the file system, as `report` writes it.
    """
    return written(facts, tmp_path_factory.mktemp("docs"))


def written(facts: Facts, folder: Path) -> str:
    """Write the page that shows *facts*, and give its address."""
    path = folder / Path(PAGE).name
    path.write_text(with_header(PAGE, page_file(facts)), "utf-8")
    return path.as_uri()


def show(page: Page, url: str, *, width: int = 1280, scheme: Scheme = "light") -> None:
    """Open *url*; to say anything, or to ask for anything besides itself, is to fail."""
    SAID.clear()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, media="screen")
    page.goto(url)
    page.evaluate(SCRIPTS)
    assert [url] == SAID


def switch(page: Page) -> Iterator[str]:
    """Choose one environment after the other."""
    for label in page.locator(".switch label").all():
        label.click()
        yield label.inner_text()


def ask(page: Page, question: str, *arguments: Any) -> Any:
    """Call one of the functions of report_browser.js."""
    return page.evaluate("([f, a]) => report[f](...a)", [question, arguments])


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(page: Page, url: str, width: int) -> None:
    """Down to 320 pixels nobody has to scroll sideways, whichever environment is shown."""
    show(page, url, width=width)
    for _ in switch(page):
        assert ask(page, "tooWide") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_contrast_is_enough(page: Page, url: str, width: int, scheme: Scheme) -> None:
    """
    Text has a contrast of 4.5 to 1, and what lines and marks say one of 3 to 1.

    Source:
        WCAG 2.2, 1.4.3 and 1.4.11
    """
    show(page, url, width=width, scheme=scheme)
    texts = ask(page, "textContrasts")
    assert len(texts) > 200
    assert [text for text in texts if text["contrast"] < 4.5] == []
    marks = ask(page, "markContrasts")
    assert len(marks) > 20
    assert [mark for mark in marks if mark["contrast"] < 3] == []


def test_dark_is_dark(page: Page, url: str) -> None:
    """The page follows what the reader's system asks for."""
    show(page, url, scheme="light")
    assert ask(page, "luminance") > 0.9
    show(page, url, scheme="dark")
    assert ask(page, "luminance") < 0.1


@pytest.mark.parametrize("width", [320, 1280])
def test_the_keyboard_reaches_every_control(page: Page, url: str, width: int) -> None:
    """In the order in which they stand, each with a ring around it, the way past them first."""
    show(page, url, width=width)
    wanted = ask(page, "controls")
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(ask(page, "focused"))
    assert [each["name"] for each in reached] == wanted
    assert wanted[0] == "Skip to the content"
    assert [each["name"] for each in reached if not each["ring"]] == []
    assert [each["name"] for each in reached if not each["visible"]] == []


def test_the_first_key_skips_to_the_content(page: Page, url: str) -> None:
    """The link leads past the navigation."""
    show(page, url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert ask(page, "focused")["name"] == "show"


def test_the_arrow_keys_switch_the_picture(page: Page, url: str, facts: Facts) -> None:
    """One environment is shown at a time, and every one can be."""
    show(page, url)
    names = [place.name for place in facts.places]
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    seen = []
    for _ in names:
        seen.append(ask(page, "pictures"))
        page.keyboard.press("ArrowRight")
    assert seen == [[f"Topology of {name}"] for name in names]


@pytest.mark.parametrize("width", [320, 1280])
def test_every_environment_is_in_every_section(
    page: Page, url: str, facts: Facts, width: int
) -> None:
    """Also on a phone, where tables become lists."""
    show(page, url, width=width)
    names = [place.name for place in facts.places]
    assert list(switch(page)) == names
    for section in ("header", "#picture", "#services", "#quota", "#differences"):
        assert all(name in ask(page, "columns", section) for name in names)
    assert all(service in ask(page, "shown", "#services") for service in facts.services)


@pytest.mark.parametrize("count", [1, 4, 8])
def test_a_column_has_room_however_many_there_are(
    page: Page, facts: Facts, tmp_path: Path, count: int
) -> None:
    """All columns of a table are equally wide, and where the screen has no room it scrolls."""
    places = [attrs.evolve(facts.places[0], name=f"place-{number}") for number in range(count)]
    show(page, written(attrs.evolve(facts, places=tuple(places), differences=()), tmp_path))
    cells = page.locator("#services tbody tr").first.locator("td").all()
    widths = [(cell.bounding_box() or {"width": 0})["width"] for cell in cells]
    assert len(widths) == count
    assert min(widths) >= 200
    assert max(widths) - min(widths) < 1
    assert ask(page, "tooWide") == []


def test_all_environments_are_printed(page: Page, url: str, facts: Facts) -> None:
    """On paper there is nothing to switch, so every picture is there, and no navigation."""
    show(page, url)
    page.emulate_media(media="print")
    assert ask(page, "pictures") == [f"Topology of {place.name}" for place in facts.places]
    assert not page.get_by_role("navigation").is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_text_stays_in_its_box(page: Page, url: str, width: int) -> None:
    """With the browser's own fonts no text leaves its box or pin, or lies over another one."""
    show(page, url, width=width)
    for _ in switch(page):
        assert ask(page, "collisions") == []


def test_the_line_above_does_not_make_it_an_old_page(page: Page, url: str) -> None:
    """A comment may stand before the document type."""
    show(page, url)
    assert page.evaluate("document.compatMode") == "CSS1Compat"


def test_hostile_names_do_nothing(page: Page, facts: Facts, tmp_path: Path) -> None:
    """They are shown, on the page and in a picture of its own, and run nowhere."""
    place = attrs.evolve(facts.places[0], name=HOSTILE[0], topology=hostile())
    show(page, written(attrs.evolve(facts, places=(place,), differences=()), tmp_path), width=320)
    assert page.locator("script").count() == 0
    assert HOSTILE[0] in ask(page, "shown", "header")
    assert ask(page, "tooWide") == []
    picture = tmp_path / "picture.svg"
    picture.write_text(to_svg(hostile()), "utf-8")
    show(page, picture.as_uri())
    assert ask(page, "collisions") == []
    assert page.locator("text.name").nth(1).text_content() == HOSTILE[0]
