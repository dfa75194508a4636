"""A hand that measures in Chromium, and what it then reads."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from measured_images import BETWEEN_COLUMNS_MM, BETWEEN_ROWS_MM
from playwright.sync_api import BrowserContext, Locator, Page, expect
from screen import view_of, wait_shown
from world import World

Point = tuple[float, float]

MINUS = "\N{MINUS SIGN}"
COUNT_GL = """() => {
  window.glCalls = 0;
  for (const name of ["drawArrays", "drawElements", "clear", "texImage2D"]) {
    const call = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
      window.glCalls += 1;
      return call.apply(this, given);
    };
  }
}"""

# Shares of a cell.
A, B, C, D = (0.42, 0.3), (0.56, 0.42), (0.44, 0.6), (0.57, 0.66)


@dataclass(frozen=True)
class Hand:
    """A hand over one cell. Places are shares of the cell's width and height."""

    page: Page
    cell: int = 0

    def box(self) -> dict[str, float]:
        box = self.page.locator(f'[data-cell="{self.cell}"]').bounding_box()
        assert box is not None
        return dict(box)

    def client(self, place: Point) -> Point:
        """Whole CSS pixels of the window: what a mouse can say."""
        box = self.box()
        return (
            round(box["x"] + place[0] * box["width"]),
            round(box["y"] + place[1] * box["height"]),
        )

    def image(self, place: Point) -> Point:
        """The image point there; pixel i covers i to i + 1."""
        box, (x, y) = self.box(), self.client(place)
        map_ = view_of(self.page, self.cell)["resolved"]["imageFromScreen"]
        across, down = x - box["x"], y - box["y"]
        return (
            map_["xx"] * across + map_["xy"] * down + map_["x0"],
            map_["yx"] * across + map_["yy"] * down + map_["y0"],
        )

    def client_of(self, point: Point) -> Point:
        """Where an image point is seen now."""
        box = self.box()
        map_ = view_of(self.page, self.cell)["resolved"]["screenFromImage"]
        return (
            box["x"] + map_["xx"] * point[0] + map_["xy"] * point[1] + map_["x0"],
            box["y"] + map_["yx"] * point[0] + map_["yy"] * point[1] + map_["y0"],
        )

    def move(self, place: Point) -> None:
        self.page.mouse.move(*self.client(place))

    def drag(self, *places: Point) -> None:
        self.move(places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.move(place)
        self.page.mouse.up()

    def click(self, *places: Point) -> None:
        for place in places:
            self.move(place)
            self.page.mouse.down()
            self.page.mouse.up()

    def choose(self, kind: str) -> None:
        """A tool of the measuring menu."""
        self.page.locator('[data-tool="measureMore"]').click()
        self.page.locator(f'[data-measure="{kind}"]').click()


def opened(context: BrowserContext, world: World) -> Page:
    """The page with one cell; GL calls are counted in it."""
    page = context.new_page()
    page.add_init_script(f"({COUNT_GL})()")
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    return page


def frames(page: Page) -> None:
    """Until what was asked for is on the screen."""
    page.evaluate(
        """async () => {
          for (let i = 0; i < 3; i += 1)
            await new Promise((next) => requestAnimationFrame(next));
        }"""
    )


def marks(page: Page) -> Locator:
    return page.locator("[data-annotation]")


def name_of(page: Page, index: int = -1) -> str:
    """What a screen reader hears of an annotation: name, values, sources."""
    found = marks(page)
    expect(found.first).to_be_attached()
    frames(page)
    last = found.count() + index if index < 0 else index
    return found.nth(last).get_attribute("aria-label") or ""


def numbers(text: str) -> list[float]:
    found = re.findall(rf"[{MINUS}-]?\d+(?:\.\d+)?", text.split(": ", 1)[1])
    return [float(number.replace(MINUS, "-")) for number in found]


def mm(a: Point, b: Point) -> float:
    across = (b[0] - a[0]) * BETWEEN_COLUMNS_MM
    return math.hypot(across, (b[1] - a[1]) * BETWEEN_ROWS_MM)


def direction(a: Point, b: Point) -> Point:
    return (b[0] - a[0]) * BETWEEN_COLUMNS_MM, (b[1] - a[1]) * BETWEEN_ROWS_MM


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def handle(page: Page, index: int, annotation: int = 0) -> Locator:
    return marks(page).nth(annotation).locator(f'[data-part="{index}"]')
