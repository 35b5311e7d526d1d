"""In real kernels: the magic, pasted asyncio.run, restart, two kernels on one workspace."""

from collections.abc import Callable

from tests.cells.conftest import OPEN, Kernel

START = Callable[[], Kernel]

PASTED = """
import asyncio

async def main():
    await asyncio.sleep(0.05)
    trail.append("pasted")
    return "from main"

if __name__ == "__main__":
    print(asyncio.run(main()))
"""

UNTOUCHED = """
import asyncio, asyncio.tasks, _asyncio
loop = asyncio.get_running_loop()
print(vars(asyncio)["run"] is asyncio.runners.run, hasattr(loop, "_nest_patched"), hasattr(asyncio, "_nest_patched"),
      asyncio.Task is _asyncio.Task, "nest_asyncio2" in __import__("sys").modules)
"""


def test_a_pasted_asyncio_run_in_a_queued_batch_drops_no_cell_and_keeps_the_order(kernels: START) -> None:
    kernel = kernels()
    cells = ["trail = []"]
    cells += [f"trail.append({n})" for n in range(3)]
    cells += [PASTED, "await asyncio.sleep(0.01); trail.append('awaited')", PASTED]
    cells += [f"trail.append({n})" for n in range(3, 6)] + ["print(trail)"]
    done = kernel.run_all(cells)
    assert [cell.status for cell in done] == ["ok"] * len(cells), [cell.error for cell in done]
    assert [cell.count for cell in done] == sorted(cell.count for cell in done)
    assert done[4].out == "from main\n"
    assert done[-1].out == "[0, 1, 2, 'pasted', 'awaited', 'pasted', 3, 4, 5]\n"


def test_without_such_a_cell_nothing_is_patched(kernels: START) -> None:
    kernel = kernels()
    done = kernel.run_all(
        ["%%module jobs\nimport asyncio\nX = 1\nif __name__ == '__main__':\n    asyncio.run(1)\n", UNTOUCHED]
    )
    assert done[-1].out == "True False False True False\n", done


def test_only_the_kernels_loop_is_patched_never_another_threads(kernels: START) -> None:
    kernel = kernels()
    kernel.run(
        "from course_lib.loops import LoopThread\nworker = LoopThread('worker')\n"
        "before = type(worker.loop), type(worker.loop)._run_once\n"
        "async def kind():\n    import asyncio\n    return type(asyncio.current_task()).__module__\n"
    )
    assert kernel.run(PASTED.replace("trail.append", "print")).status == "ok"
    look = (
        "print((type(worker.loop), type(worker.loop)._run_once) == before, hasattr(worker.loop, '_nest_patched'),"
        " worker.run(kind(), 5))\n"
        "import threading; said = []\n"
        "thread = threading.Thread(target=lambda: said.append(asyncio.run(kind())))\n"
        "thread.start(); thread.join(10); print(said, hasattr(asyncio.new_event_loop(), '_nest_patched'))\n"
        "print(hasattr(asyncio.get_running_loop(), '_nest_patched'))"
    )
    assert kernel.run(look).out == "True False _asyncio\n['_asyncio'] False\nTrue\n"


def test_a_pasted_run_gives_its_error_and_its_tasks_work(kernels: START) -> None:
    kernel = kernels()
    fails = kernel.run("import asyncio\nasync def main():\n    raise KeyError('paid')\nasyncio.run(main())")
    assert fails.status == "error"
    assert "KeyError: 'paid'" in fails.error
    together = (
        "async def one(n):\n    await asyncio.sleep(0.01)\n    return n\n"
        "async def main():\n    async with asyncio.timeout(5):\n        return await asyncio.gather(one(1), one(2))\n"
        "print(asyncio.run(main()))"
    )
    assert kernel.run(together).out == "[1, 2]\n"
    assert "a coroutine was expected" in kernel.run("asyncio.run(main)").error
    assert kernel.run("loop = asyncio.get_event_loop()\nprint(loop.run_until_complete(one(7)))").out == "7\n"


def test_the_magic_says_one_line_and_brings_the_names(kernels: START) -> None:
    kernel = kernels()
    told = kernel.run("%%module orders\nclass Order: ...\nclass OrderWorkflow: ...\n_hidden = 1\n")
    assert told.out == "orders.py · revision 1 · Order, OrderWorkflow\n"
    assert kernel.run("print(Order.__module__, '_hidden' in globals())").out == "orders__r1 False\n"
    assert kernel.run("import orders; print(orders.Order is Order)").out == "True\n"


def test_errors_show_the_cell_and_none_of_the_course(kernels: START) -> None:
    kernel = kernels()
    refused = kernel.run("%%module orders\n\nLIMIT = timedelta(seconds=3)\n")
    assert refused.status == "error"
    assert refused.error == (
        "CellError: orders.py was not run: one thing is to be fixed first.\n"
        "line 3: `timedelta` is not defined in this cell\n"
        "    LIMIT = timedelta(seconds=3)\n"
        "    → add at the top: from datetime import timedelta"
    )
    raised = kernel.run("%%module orders\nprices = {}\n\ntotal = prices['tea']\n")
    assert "KeyError: 'tea'" in raised.error
    assert "----> 4 total = prices['tea']" in raised.error
    assert "course_lib" not in raised.error
    assert "importlib" not in raised.error
    assert kernel.run("'prices' in globals()").out == "False"
    later = kernel.run_all(["%%module orders\ndef pay():\n    return 1 / 0\n", "pay()"])[1]
    assert "----> 3     return 1 / 0" in later.error
    assert "write `%%module orders` as the first line" in kernel.run("%module orders").error


def test_after_a_restart_any_cell_in_any_order_works_and_numbers_are_reused(kernels: START) -> None:
    stock = "%%module stock\ndef left():\n    return 3\n"
    orders = "%%module orders\nfrom stock import left\ndef order():\n    return left()\n"
    kernel = kernels()
    kernel.run_all([stock, orders, orders.replace("left()\n", "left() + 1\n")])
    kernel.restart()
    assert kernel.run(OPEN).status == "ok"
    told = kernel.run(orders.replace("left()\n", "left() + 1\n")).out
    assert told.splitlines() == [
        "orders.py · revision 2 · order",
        "stock is used as saved earlier (revision 1): its cell has not run in this kernel.",
    ]
    assert kernel.run("order()").out == "4"
    assert kernel.run(stock).out == "stock.py · revision 1 · left\n"
    assert kernel.run(stock.replace("3", "5")).out.splitlines() == [
        "stock.py · revision 2 · left",
        "orders still uses stock revision 1: run its cell again to give it revision 2.",
    ]


def test_two_kernels_on_one_workspace_keep_their_own_revisions(kernels: START) -> None:
    one, two = kernels(), kernels()
    cell = "%%module orders\ndef who():\n    return {}\n"
    assert "revision 1 ·" in one.run(cell.format("'one'")).out
    assert "revision 2 ·" in two.run(cell.format("'two'")).out
    assert "revision 3 ·" in one.run(cell.format("'ONE'")).out
    assert "revision 2 (unchanged) ·" in two.run(cell.format("'two'")).out
    look = "print(who(), who.__module__)"
    assert one.run(look).out == "ONE orders__r3\n"
    assert two.run(look).out == "two orders__r2\n"


def test_a_pasted_nest_asyncio_apply_neither_drops_a_cell_nor_patches_a_thread(kernels: START) -> None:
    kernel = kernels()
    pasted = "import {0}\n{0}.apply()\n" + PASTED
    cells = ["trail = []", pasted.format("nest_asyncio"), "trail.append(1)", pasted.format("nest_asyncio2")]
    done = kernel.run_all([*cells, "trail.append(2)", "print(trail)", UNTOUCHED])
    assert [cell.status for cell in done] == ["ok"] * 7, [cell.error for cell in done]
    assert done[5].out == "['pasted', 1, 'pasted', 2]\n"
    # This thread's loop is re-entrant; asyncio's classes are Python's own.
    assert done[6].out == "False True False True True\n"


def test_a_pasted_run_can_be_interrupted(kernels: START) -> None:
    kernel = kernels()
    message = kernel.client.execute(
        "import asyncio\nprint('started')\nasyncio.run(asyncio.sleep(600))", stop_on_error=False
    )
    kernel.wait_for_output(message, "started")
    kernel.manager.interrupt_kernel()
    after = kernel.run_all(["print('well')", "print(asyncio.run(asyncio.sleep(0, 'again')))"], timeout=20)
    assert [cell.out for cell in after] == ["well\n", "again\n"]


def test_a_workflow_in_a_plain_cell_is_told_where_it_belongs(kernels: START) -> None:
    kernel = kernels()
    cell = (
        "from temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self): ...\n"
    )
    assert kernel.run(cell).out.startswith("W is defined in the notebook itself, where Temporal's sandbox cannot")
    assert kernel.run("%%module jobs\n" + cell).out == "jobs.py · revision 1 · W\n"


def test_a_cell_can_ask_for_no_lint(kernels: START) -> None:
    kernel = kernels()
    cell = (
        "\nfrom temporalio import workflow\n@workflow.defn\nclass W:\n    @workflow.run\n"
        "    async def run(self):\n        print(1)\n"
    )
    assert "again in every replay" in kernel.run("%%module jobs" + cell).out
    assert kernel.run("%%module quiet  # lint: off" + cell).out == "quiet.py · revision 1 · W\n"
