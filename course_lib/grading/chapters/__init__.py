"""What each chapter declares beside its notebook: checks, quiz questions and predictions.

One package per chapter, ``chNN``, and in it one file per exercise, ``ex_N_M.py``, and ``questions.md``. A check is a
coroutine that is given a ``Bench`` and the learner's answers, runs them, and says what it saw::

    async def check_order(bench: Bench, workflow: Code, charge: Code) -> None:
        async with bench.worker(workflow, charge) as worker:
            run = await bench.run(workflow, {"order_id": bench.unique("order")})
        paid = run.ids("ActivityTaskCompleted", "charge")
        bench.expect(len(paid) == 1, "the order is charged once", expected="1 charge", seen=..., events=paid)

An answer that is code (a class or a function of a ``%%module`` cell) comes as a ``Code``: it is run in a child
process only. A plain value comes as it is, a workflow handle as a handle of the check's own client.
"""
