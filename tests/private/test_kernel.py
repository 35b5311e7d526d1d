"""The private name of nest_asyncio2 that the course uses, and what no longer works when it goes."""

import asyncio

from course_lib.private.kernel import nest


def test_one_loop_is_made_re_entrant_and_no_other() -> None:
    """Else: code pasted from the docs that ends in `asyncio.run(main())` fails in a cell."""

    class Own(asyncio.SelectorEventLoop):
        """Patched alone, as the course does it with the kernel's."""

    async def inner() -> str:
        return "ran"

    async def outer() -> str:
        loop = asyncio.get_running_loop()
        nest(loop)
        return loop.run_until_complete(inner())

    with asyncio.Runner(loop_factory=Own) as runner:
        assert runner.run(outer()) == "ran"
    assert asyncio.SelectorEventLoop._run_once is asyncio.BaseEventLoop._run_once  # type: ignore[attr-defined]
