"""The plan as a picture."""

from io import BytesIO

import pytest
from PIL import Image

from toolmind_assets.model.plan_lines import PlanInput, PlanLine
from toolmind_assets.model.tasks import ValueKind
from toolmind_assets.reports.picture_page import PALETTE, WIDTH
from toolmind_assets.reports.plan_picture import LANE, draw_plan

pytestmark = pytest.mark.filterwarnings("error")


def line(number: int, *sources: int, request: int = 0, name: str = "call") -> PlanLine:
    inputs = [PlanInput(ValueKind.REFERENCE, f"id ← {source}: id", source) for source in sources]
    inputs += [PlanInput(ValueKind.USER, "name = 1  (said)"), PlanInput(ValueKind.LITERAL, "limit = 5")]
    return PlanLine(number, f"{name}_{number}", "", request, tuple(inputs))


def image(*lines: PlanLine, goals: tuple[str, ...] = ("Find it.", "Send it.")) -> Image.Image:
    return Image.open(BytesIO(draw_plan("A plan", goals, lines))).convert("RGB")


def columns_of(picture: Image.Image, colour: str) -> set[int]:
    """Where a vertical line of a colour stands, left of the calls."""
    rgb = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    width, height = picture.size
    counts = {
        x: sum(picture.getpixel((x, y)) == rgb for y in range(80, height)) for x in range(min(120, width))
    }
    return {x for x, count in counts.items() if count > 30}


def test_the_same_plan_gives_the_same_bytes():
    lines = [line(1), line(2, 1), line(3, 1, 2, request=1)]
    assert draw_plan("t", ["a"], lines) == draw_plan("t", ["a"], lines)


def test_a_line_leads_from_a_result_to_what_takes_it_and_none_where_nothing_is_taken():
    assert columns_of(image(line(1), line(2, 1)), PALETTE[0])
    assert not columns_of(image(line(1), line(2)), PALETTE[0])


def test_two_results_that_are_in_use_at_once_have_a_line_each_and_else_they_share_one():
    at_once = image(line(1), line(2), line(3, 1), line(4, 2))
    after = image(line(1), line(2, 1), line(3, 2))
    first, second = columns_of(at_once, PALETTE[0]), columns_of(at_once, PALETTE[1])
    assert min(second) - min(first) == LANE
    assert not columns_of(after, PALETTE[1])


def test_each_request_has_a_goal_over_its_calls():
    one = image(line(1), line(2), line(3))
    two = image(line(1), line(2, request=1), line(3, request=1))
    assert two.height > one.height


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (line(1, name="a_name_that_never_ends_" * 30),),
        (line(1, name="查询 🌦 $x^2$ \ud800"), line(2, 1, request=7)),
        tuple(line(n, *range(1, n)) for n in range(1, 21)),
    ],
)
def test_plans_of_any_kind_make_a_small_picture_as_wide_as_a_page(lines: tuple[PlanLine, ...]):
    png = draw_plan("A plan " * 60, [], lines)
    assert Image.open(BytesIO(png)).width == WIDTH and len(png) < 120_000
