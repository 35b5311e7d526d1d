"""Handing over to the learner's hand: a press is seen, and nobody is waited for for ever."""

import asyncio

import ipywidgets
import pytest

from course_lib.lab.waiting import NotSo
from course_lib.lab.your_turn import Until, wait_for_press
from tests.until import until


class Pressed:
    """A button that counts, and the lines that were said."""

    def __init__(self) -> None:
        self.button = ipywidgets.Button(description="kill -9")
        self.times = 0
        self.said: list[str] = []
        self.button.on_click(self._count)

    def _count(self, _: object) -> None:
        self.times += 1


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Pressed:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setenv("COURSE_WIDGETS", "live")  # somebody looks
    return Pressed()


async def test_the_learners_press_ends_the_wait(pressed: Pressed, patiently: Until) -> None:
    waiting = asyncio.create_task(wait_for_press(pressed.button, pressed.said.append, None, 600.0, patiently))
    await until(lambda: bool(pressed.said), "the turn is announced")
    assert "Your turn: press “kill -9”" in pressed.said[0]
    pressed.button.click()
    await asyncio.wait_for(waiting, 120)
    assert pressed.times == 1, "the course must not press again"
    assert pressed.said[-1] == "You pressed “kill -9”."


async def test_a_press_before_the_moment_counts(pressed: Pressed, patiently: Until) -> None:
    waiting = asyncio.create_task(wait_for_press(pressed.button, pressed.said.append, lambda: False, 600.0, patiently))
    await until(lambda: bool(pressed.said), "the turn is announced")
    pressed.button.click()
    await asyncio.wait_for(waiting, 120)
    assert pressed.times == 1


async def test_past_the_limit_the_course_presses_and_says_so(pressed: Pressed, patiently: Until) -> None:
    await asyncio.wait_for(wait_for_press(pressed.button, pressed.said.append, None, 0.2, patiently), 120)
    assert pressed.times == 1
    assert any("Nobody pressed" in line for line in pressed.said)


async def test_a_press_while_the_moment_is_waited_for_counts(
    pressed: Pressed, patiently: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")

    def ready() -> bool:
        pressed.button.click()
        return False

    await asyncio.wait_for(wait_for_press(pressed.button, pressed.said.append, ready, 600.0, patiently), 120)
    assert pressed.times == 1, "the course must not press again"


@pytest.mark.parametrize("variable", ["CI", "COURSE_STRICT"])
async def test_in_ci_the_course_presses_when_the_moment_has_come(
    pressed: Pressed, patiently: Until, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "1")
    looks: list[int] = []

    async def third_look() -> bool:
        looks.append(pressed.times)
        return len(looks) >= 3

    await asyncio.wait_for(wait_for_press(pressed.button, pressed.said.append, third_look, 600.0, patiently), 120)
    assert looks == [0, 0, 0], "not before the moment"
    assert pressed.times == 1


async def test_a_moment_that_never_comes_is_said(
    pressed: Pressed, patiently: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(NotSo, match="the moment to press “kill -9” has come"):
        await wait_for_press(pressed.button, pressed.said.append, lambda: False, 0.3, patiently)
    assert pressed.times == 0


async def test_a_run_that_ended_first_ends_the_wait_and_is_said(pressed: Pressed, patiently: Until) -> None:
    await asyncio.wait_for(
        wait_for_press(pressed.button, pressed.said.append, None, 600.0, patiently, lambda: True), 120
    )
    assert pressed.times == 0
    assert "Too late for “kill -9”" in pressed.said[-1]


async def test_a_button_that_cannot_be_pressed_is_not_waited_for(pressed: Pressed, patiently: Until) -> None:
    pressed.button.disabled = True
    await asyncio.wait_for(wait_for_press(pressed.button, pressed.said.append, None, 600.0, patiently), 120)
    assert pressed.times == 0
    assert "cannot be pressed now" in pressed.said[-1]


async def test_a_button_that_is_enabled_in_a_moment_is_waited_for(pressed: Pressed, patiently: Until) -> None:
    pressed.button.disabled = True
    waiting = asyncio.create_task(wait_for_press(pressed.button, pressed.said.append, None, 600.0, patiently))
    asyncio.get_running_loop().call_later(0.3, setattr, pressed.button, "disabled", False)
    await until(lambda: bool(pressed.said), "the turn is announced")
    pressed.button.click()
    await asyncio.wait_for(waiting, 120)
    assert pressed.said[-1] == "You pressed “kill -9”."


async def test_where_nobody_can_see_the_button_the_course_presses_it(
    pressed: Pressed, patiently: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_WIDGETS", "static")  # nbconvert
    await asyncio.wait_for(wait_for_press(pressed.button, pressed.said.append, None, 600.0, patiently), 120)
    assert pressed.times == 1
