"""The face of the library: everything that a notebook calls.

The first cell of a chapter waits for what this module imports, so the rooms that it does not need, such as timeline,
export and quiz, are imported where they are first used.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display
from temporalio.client import Client, ScheduleHandle, WorkflowHandle, WorkflowHistory

from course_lib import cells, grading, history, server, shop
from course_lib.errors import CourseError
from course_lib.history.sent_queries import ObservingInterceptor
from course_lib.lab import cell_errors, faults, names, run_argument, server_calls, shell, waiting, your_turn
from course_lib.lab.fleet import Fleet
from course_lib.lab.made_schedules import MadeSchedules
from course_lib.lab.started_runs import Started
from course_lib.paths import exports, workspace
from course_lib.private.kernel import keep_parents
from course_lib.server.progress import progress
from course_lib.unique import unique
from course_lib.waits.until import Condition
from course_lib.widgets import chart
from course_lib.widgets.card import status_card
from course_lib.widgets.line import Line

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.widgets.event_table import EventTable
    from course_lib.widgets.look import View
    from course_lib.widgets.messages import MessagePanel
    from course_lib.widgets.schedule_panel import SchedulePanel
    from course_lib.widgets.server_panel import ServerPanel
    from course_lib.widgets.stepper import Stepper
    from course_lib.widgets.timeline.live import Timeline
    from course_lib.widgets.worker_panel import WorkerPanel
    from course_lib.widgets.worker_row import WorkerRow

_open_labs: dict[str, "Lab"] = {}


class Lab:
    """One chapter, open in one notebook, on a running server.

    Make it with ``await Lab.open("01_workflows")``.

    Attributes:
        chapter: The chapter's id, the stem of its file name.
        client: The SDK's own client, connected.
        task_queue: The task queue of this learner and notebook.
        shop: The outside world: tables and fault switches.
        workspace: The folder where this chapter's module cells are files.
    """

    def __init__(
        self,
        chapter: str,
        where: server.Server,
        client: Client,
        the_shop: shop.Shop,
        modules: cells.Modules,
        started: Started,
        made: MadeSchedules,
    ) -> None:
        self.chapter = chapter
        self.client = client
        self.shop = the_shop
        self.workspace = workspace(chapter)
        self.learner = names.learner()
        self.task_queue = f"{chapter}-{self.learner}-{names.notebook_key()}"
        self._server = where
        self._modules = modules
        self._fleet = Fleet(where, self.task_queue, self.workspace, modules, the_shop.url)
        self._progress = grading.Progress()
        self._waits = waiting.Waits(client, where, the_shop, started)
        self._made = made

    @classmethod
    async def open(cls, chapter: str) -> "Lab":
        """Find or start the server and the shop, show where they are, and make the notebook ready.

        Running the cell again gives a fresh Lab; Workers of the earlier one are stopped.

        Args:
            chapter: The chapter's id, for example ``"01_workflows"``.

        Returns:
            The open Lab.

        Raises:
            CourseError: There is no such chapter, or no server and none that can be started; the message says
                what was tried and what to do.
        """
        grading.chapter(chapter)  # an unknown chapter is said before anything is started
        say = Line()
        where = await server.ensure(say)
        started, made = Started(), MadeSchedules(chapter, names.notebook_key(), where)
        client = await server.connect(where, interceptors=[ObservingInterceptor(), started, made])  # queries: no event
        await made.delete(client)  # of an earlier kernel: a chapter begins without schedules
        modules = cells.Modules(workspace(chapter))
        async with progress(say, "Waiting for the shop's process."):
            shop_name = f"{chapter}-{names.learner()}-{names.notebook_key()}"
            the_shop = await asyncio.to_thread(shop.open_shop, shop_name)
        faults.begin(the_shop)
        os.environ["SHOP_URL"] = the_shop.url  # child processes inherit it
        if earlier := _open_labs.pop(chapter, None):
            await earlier.close()
        lab = _open_labs[chapter] = cls(chapter, where, client, the_shop, modules, started, made)
        if ipython := get_ipython():
            cells.register(ipython, modules)
            shell.keep_running(ipython)
            shell.read_as_text(ipython)
            chart.register(ipython)
            cell_errors.explain(ipython)
            if kernel := getattr(ipython, "kernel", None):  # plain IPython has none
                keep_parents(kernel)
            faults.show_as_panel(ipython)
            faults.end_with_cells(ipython)
        say("")
        display(status_card(where, lab.shop, lab.task_queue))  # type: ignore[no-untyped-call]
        return lab

    async def close(self) -> None:
        """Stop this Lab's Workers and clear the shop's faults. The server, the shop and running workflows go on."""
        await self._fleet.close()
        faults.end(self.shop, "The Lab is closed: the shop works again.")

    # ---------------------------------------------------------------- run

    def id(self, base: str) -> str:
        """Return a workflow ID like ``order-ada-3f9c21d07b5e``, new at every call.

        Args:
            base: What the workflow is about.
        """
        return unique(base, self.learner)

    async def worker(
        self, *, workflows: Sequence[type] = (), activities: Sequence[Callable[..., Any]] = (), **options: Any
    ) -> Any:
        """Run a Worker in this notebook, on a thread and a loop of its own.

        Running the cell again replaces the Worker; the sandbox is on.

        Args:
            workflows: Workflow classes, from ``%%module`` cells.
            activities: Activity functions or bound methods.
            **options: Any other argument of ``temporalio.worker.Worker``; ``task_queue`` names another queue.

        Returns:
            The running Worker, with ``stop()``.

        Raises:
            CourseError: The Worker cannot start; the message names the fix.
        """
        say = Line()
        try:
            async with progress(say, "Waiting until the Worker polls."):
                return await self._fleet.worker(workflows=workflows, activities=activities, **options)
        finally:
            say("")

    def worker_process(self, *modules: str | type, **options: Any) -> "WorkerPanel":
        """Return the panel of a Worker in a child process: start, stop, ``kill -9``, freeze and its log.

        The process is not started yet. Running the cell again stops the earlier process of the same modules.

        Args:
            *modules: Names of module cells, for example ``"orders"``: the newest revision. A class stands for the
                revision that it is from, so a process can run the code of before an edit.
            **options: Arguments of ``temporalio.worker.Worker`` that are plain values, ``task_queue``, and ``name``:
                processes of different names run side by side. Unless given,
                ``sticky_queue_schedule_to_start_timeout`` is 1 s instead of the SDK's 10 s, so that a run goes on
                soon after a kill.

        Raises:
            CourseError: There is no such module cell yet.
        """
        return self._fleet.process(modules, options)

    def workers(self, *panels: "WorkerPanel") -> "WorkerRow":
        """Return panels of worker processes beside each other.

        Args:
            *panels: From `worker_process`, each under a name of its own.
        """
        from course_lib.widgets.worker_row import WorkerRow

        return WorkerRow(*panels)

    def server_panel(self) -> "ServerPanel":
        """Return the panel of the Temporal server: health, facts, and ``kill -9``, start and restart.

        The buttons are there only for the embedded server that the course itself started.
        """
        from course_lib.widgets.server_panel import ServerPanel

        return ServerPanel(self._server, self.client)

    async def result(self, handle: WorkflowHandle[Any, Any], *, patience: float | None = None) -> Any:
        """Return the workflow's result, or say why there is none.

        It waits for as long as anything moves: an event, an attempt, a request to the shop, a Worker that computes;
        also for what comes by itself within half a minute, such as a timer or the next attempt.

        Args:
            handle: The workflow.
            patience: Seconds for which nothing at all may move, for a run that is to wait longer than that.

        Raises:
            StillRunning: Nothing moves that would bring a result; the message is the diagnosis.
            temporalio.client.WorkflowFailureError: The workflow failed, was cancelled or was terminated.
        """
        handle = run_argument.handle(handle, "lab.result")
        return await self._waits.result(handle, self._fleet.task_queue, Line(), patience)

    async def until(
        self, condition: Condition, what: str = "the condition of this cell holds", *, patience: float | None = None
    ) -> None:
        """Wait until something is so, for as long as anything moves, as `result` does.

        Args:
            condition: A function without arguments; may be a coroutine function.
            what: What is waited for, in words.
            patience: Seconds for which nothing at all may move, for what is to come later than half a minute from now.

        Raises:
            CourseError: It is not so, and nothing moves that would make it so.
        """
        await self._waits.until(condition, what, Line(), patience)

    async def skip(self, handle: WorkflowHandle[Any, Any], duration: timedelta | None = None) -> datetime:
        """Let this run's own clock jump: timers and further attempts that are due by then begin at once, one by one.

        Only this run (and the children that it starts) skips. The server does it, `temporalio.testing.TimeSkipper`
        asks for it; it is experimental, and nothing in the workflow's code knows. It jumps when the run waits for
        nothing but time.

        Args:
            handle: The workflow.
            duration: How far; without it, to the end of the run.

        Returns:
            What the run's own clock shows then, UTC.

        Raises:
            CourseError: The server cannot do it; the message says what to switch on. Up to a minute is waited instead.
        """
        from course_lib.lab import skipping

        handle, say = run_argument.handle(handle, "lab.skip"), Line()

        async def until(condition: Condition, what: str) -> None:
            await self._waits.until(condition, what, say, run=handle)

        return await skipping.skip(self.client, handle, duration, until)

    async def your_turn(
        self,
        button: Any,
        *,
        ready: Condition | None = None,
        run: WorkflowHandle[Any, Any] | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Wait until the learner presses a button; past the limit press it and say so. CI presses it at once.

        Args:
            button: An ``ipywidgets.Button``, for example ``panel.kill_button``.
            ready: What must hold before the course itself presses it.
            run: The run that it is about: when it ends first, the press would show nothing, and that is said.
            timeout: Seconds that the learner has.
        """

        from course_lib.lab import pictures

        if run is not None:
            run = run_argument.handle(run, "lab.your_turn")

        async def over() -> bool:
            assert run is not None
            description = await server_calls.watched(pictures.described(run), self.client, self._server)
            return description.close_time is not None

        say = Line()

        async def until(condition: Condition, what: str) -> None:
            await self._waits.until(condition, what, say)

        await your_turn.wait_for_press(button, say, ready, timeout, until, over if run is not None else None)

    async def temporal(self, command: str) -> None:
        """Run the ``temporal`` command line against this course's server, and print the command and its output.

        Args:
            command: What follows the word ``temporal``, for example ``"worker deployment list"``.

        Raises:
            CourseError: The command was refused, with its own words, or did not end.
        """
        from course_lib.lab import command as cli

        printed = await cli.run(command, self._server)
        print(f"$ temporal {command}", printed, sep="\n" if printed else "")

    # ---------------------------------------------------------------- look

    def timeline(self, run: WorkflowHandle[Any, Any] | WorkflowHistory) -> "View | Timeline":
        """Return the run as a picture, drawn from its history, with a text twin.

        In a notebook it grows as events arrive, follows children and continue-as-new, and can be zoomed and asked.

        Args:
            run: A workflow's handle, or a history.

        Raises:
            CourseError: The server knows no such workflow, or does not answer.
        """
        from course_lib.lab import pictures

        return pictures.timeline(run_argument.run(run, "lab.timeline"), self.client, self._server, self._look)

    def compare(
        self, a: WorkflowHandle[Any, Any] | WorkflowHistory, b: WorkflowHandle[Any, Any] | WorkflowHistory
    ) -> "View | Timeline":
        """Return two runs one above the other on one axis, with what is different between them in words.

        Args:
            a: A workflow's handle, or a history.
            b: Another one, for example the run that was not interrupted.

        Raises:
            CourseError: The server knows no such workflow, or does not answer.
        """
        from course_lib.lab import pictures

        a, b = run_argument.run(a, "lab.compare"), run_argument.run(b, "lab.compare")
        return pictures.compare(a, b, self.client, self._server, self._look)

    def events(self, run: WorkflowHandle[Any, Any] | WorkflowHistory, *, chain: bool = False) -> "pd.DataFrame":
        """Return the run's history as a DataFrame, one row per event.

        Args:
            run: A workflow's handle, or a history.
            chain: Whether to return the events of all runs that the workflow continued as, with a column ``run``;
                without, those of the newest one.
        """
        run = run_argument.run(run, "lab.events")
        if chain:
            return history.chain_frame(
                [run] if isinstance(run, WorkflowHistory) else self._look(history.fetch_chain(run))
            )
        recorded = run if isinstance(run, WorkflowHistory) else self._look(history.fetch(run))
        return history.events_frame(recorded)

    def messages(self, handle: WorkflowHandle[Any, Any], cls: type | None = None) -> "MessagePanel":
        """Return buttons and typed fields for every signal, query and update of a workflow.

        Code may press them, too: ``await panel.send("approve", order)``, ``panel.ask(…)``, ``panel.update(…)``.

        Args:
            handle: The workflow's handle; one made from an id alone is enough.
            cls: Its class. None: the notebook's newest class of that workflow type.

        Raises:
            CourseError: The server does not answer or has no such workflow, or ``cls`` is no workflow class.
        """
        from course_lib.widgets.messages import MessagePanel, open_desk

        handle = run_argument.handle(handle, "lab.messages")

        return MessagePanel(*self._look(open_desk(handle, self._class, cls)))

    def schedule_panel(self, schedule: ScheduleHandle) -> "SchedulePanel":
        """Return the panel of a schedule: its next times and recent runs; pause, resume, trigger and backfill.

        Code may press them, too: ``await panel.pause("holiday")``, ``panel.trigger()``, ``panel.backfill(start, end)``.

        Args:
            schedule: The schedule's handle.

        Raises:
            CourseError: The server does not answer or has no such schedule.
        """
        from course_lib.widgets.schedule_panel import SchedulePanel

        panel = SchedulePanel(schedule, self.client, self._server)
        self._look(panel.look())
        return panel

    def event_table(self, run: WorkflowHandle[Any, Any] | WorkflowHistory) -> "EventTable":
        """Return the run's events as a table that grows, with a filter; an event opens to all that it says.

        Args:
            run: A workflow's handle, or a history.
        """
        from course_lib.history.feed import Feed
        from course_lib.widgets.event_table import EventTable
        from course_lib.widgets.panel import interactive

        run = run_argument.run(run, "lab.event_table")
        if isinstance(run, WorkflowHistory):
            return EventTable(run)
        if not interactive():
            return EventTable(self._look(history.fetch_chain(run)))
        return EventTable(Feed(self.client, run.id, run.run_id or run.first_execution_run_id))

    def step_through(
        self, run: "WorkflowHandle[Any, Any] | WorkflowHistory | str | os.PathLike[str]", cls: type | None = None
    ) -> "Stepper":
        """Return time travel through a run: each workflow task, the line it waits on, the variables then.

        The history is replayed once, with the class as it is *now*: after an edit it stops where they part. A workflow
        that continued as new is one walk through all its runs.

        Args:
            run: A workflow's handle, a history, or the name of a file that holds one, for example ``"orders.json"``.
            cls: The workflow class. None: the notebook's newest class of that workflow type.

        Raises:
            CourseError: There is no such run, file or class, or the history cannot be replayed.
        """
        from course_lib.lab import travel
        from course_lib.widgets.stepper import Stepper

        run = run_argument.recorded(run, "lab.step_through")

        return Stepper(travel.journey(run, cls, self._class, Line(), self._look, self.client.data_converter))

    async def diagnose(self, handle: WorkflowHandle[Any, Any]) -> "View":
        """Return why a workflow does not go on: no worker, a failing task, a retrying activity, a wait.

        Args:
            handle: The workflow.
        """
        from course_lib.diagnosis import diagnose
        from course_lib.widgets.diagnosis_view import diagnosis_view

        handle = run_argument.handle(handle, "lab.diagnose")
        return diagnosis_view(await diagnose(handle, self.client, self._fleet.task_queue))

    # ---------------------------------------------------------------- check

    async def check(self, exercise: str, *answers: Any) -> "View":
        """Grade an exercise on evidence: run it, then read the history and the shop's database.

        Args:
            exercise: The exercise's number, for example ``"1.1"``.
            *answers: What the exercise asks for, for example a workflow class. Without any, the notebook's own
                names are taken.

        Returns:
            The verdict: passed, failed, unattempted or error, part by part.

        Raises:
            CheckFailed: Under ``COURSE_STRICT=1``, when the verdict is not "passed".
        """
        from course_lib.widgets.verdict import verdict_view

        found = grading.exercise(exercise)
        if not answers and (ipython := get_ipython()):
            answers = tuple(ipython.user_ns.get(name) for name in found.answers)
        verdict = await grading.grade(found, answers, server=self._server, modules=self._modules, say=Line())
        self._progress.record(verdict)
        if os.environ.get("COURSE_STRICT") and not verdict.passed:
            raise grading.CheckFailed(verdict)
        return verdict_view(verdict)

    def hint(self, exercise: str) -> "View":
        """Return the next of three hints; each goes one step further.

        Args:
            exercise: The exercise's number.
        """
        from course_lib.widgets.hint import hint_view

        return hint_view(grading.next_hint(grading.exercise(exercise), self._progress))

    def solution(self, exercise: str) -> "View":
        """Return the solution beside your own code, and why it is so. Opens after one attempt.

        Args:
            exercise: The exercise's number.
        """
        from course_lib.widgets.solution import locked_view, solution_view

        found = grading.exercise(exercise)
        try:
            return solution_view(grading.solution(found, self._modules, self._progress))
        except CourseError as locked:
            return locked_view(locked)

    def predict(self, prediction: str, **seen: Any) -> Any:
        """Return a question to answer before a run; with ``seen`` the run grades it.

        Args:
            prediction: Its number, for example ``"1.a"``.
            **seen: ``seen=value``, what the run showed.
        """
        from course_lib.widgets.predict import Predict

        predict = Predict(grading.prediction(prediction), self._progress)
        return predict.reveal(**seen).outcome() if seen else predict

    def quiz(self, quiz: str) -> Any:
        """Return a chapter's quiz; every option is explained after the answer.

        Args:
            quiz: The chapter's number, for example ``"1"``.
        """
        from course_lib.widgets.quiz import Quiz

        return Quiz(grading.chapter(quiz), self._progress)

    def progress(self) -> "View":
        """Return what is done and what comes next, for the whole course.

        When every exercise of this chapter is passed, the shop's faults are cleared.
        """
        from course_lib.widgets.progress import progress_view

        exercises = grading.chapter(self.chapter).exercises
        if exercises and all(self._progress.passed(exercise.id) for exercise in exercises):
            faults.end(self.shop, "Every exercise of this chapter is passed: the shop works again.")
        return progress_view(self._progress, self.chapter)

    def export(self, name: str, *, start: type, example: str) -> Path:
        """Write the chapter's modules as a plain project: workflows, activities, worker, starter.

        It is the end of a chapter, so the shop's faults are cleared and the schedules that it made are deleted.

        Args:
            name: The project's folder, made in ``exported/``.
            start: The workflow class that the starter starts.
            example: Its argument, as a Python expression.

        Returns:
            The folder. Its README holds the commands that run it.
        """
        from course_lib.authoring.export import export_project

        sources = {module: self._modules.source(module) for module in self._modules.names()}
        written = export_project(
            self.workspace, sources, exports() / name,
            task_queue=name, start=start.__name__, example=example,
        )  # fmt: skip
        faults.end(self.shop, "The chapter is exported: the shop works again.")
        if self._made.ids and (gone := self._look(self._made.delete(self.client))):
            print("Schedules deleted, as the chapter ends here:", ", ".join(gone))
        return written

    # ---------------------------------------------------------------- inside

    def _class(self, name: str) -> type | None:
        """Return the notebook's class of a workflow type."""
        from course_lib.lab.classes import workflow_class

        ipython = get_ipython()
        return workflow_class(name, self._modules, ipython.user_ns if ipython else {}, self._fleet.workers)

    def _look(self, coro: Any) -> Any:
        # Synchronous on purpose: `lab.timeline(handle)` is a picture, not a step of the learner's program.
        return server_calls.look(coro, self.client, self._server, Line())
