"""Answers to exercise 6.3, Roll out and drain."""

from tests.grading.edits import Right, Wrong, replace

DRAIN = replace("""
    while True:
        if await open_runs(old) == 0:
            return "drained"
        await asyncio.sleep(0.2)
""")

CLAIMS = {
    "deployment and build ID;": ("arguments_swapped", "same_build_id"),
    "then `old`, `new`": ("builds_of_the_rehearsal", "a_build_of_its_own"),
    "and four async functions:": "ramp_not_awaited",
    "`set_ramp(build_id, percent)`,": "percent_first",
    "`set_current(build_id)`,": "never_made_current",
    "`healthy()`,": "forgotten_await",
    "`open_runs(build_id)`.": ("waits_for_the_new_one", "nobody_awaits_the_number"),
    "`versioned`: a config": ("version_without_config", "a_dict", "config_as_a_coroutine"),
    "whose runs": "only_a_label",
    "stay where they began.": ("auto_upgrade", "unspecified"),
    "`roll_out`: 10 %,": "straight_to_current",
    "50 %,": "no_fifty",
    "current,": "drains_before_current",
    "calling `healthy()` after": ("asks_while_it_ramps", "nobody_looks"),
    "each ramp": "looks_once",
    "only.": ("asks_when_current", "watches_while_it_drains"),
    "If `False`,": ("answer_not_looked_at", "goes_up_though_ill", "asks_again_when_ill", "turned_round"),
    "ramp to 0": "ramp_left_on",
    'and return `"rolled back"`.': ("says_nothing", "raises_the_words"),
    "Else call `open_runs(old)`,": ("old_worker_stopped_too_early", "waits_for_both", "waits_by_the_clock"),
    "with pauses": ("no_pause", "blocks_the_loop"),
    "of 10 s at most,": "pauses_for_a_minute",
    "until it is 0;": (
        "gives_up_after_a_hundred",
        "gives_up_after_ten",
        "a_deadline",
        "a_limit_that_raises",
        "asks_once",
    ),
    'return `"drained"`.': "says_done",
    "unhealthy at 10 %": "last_answer_counts",
    "→ routed 10, then 0.": ("old_made_current_again", "back_to_the_old_one"),
}

WRONG = {
    "a_build_of_its_own": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "use `new`, the build ID that is passed in",
        replace("for percentage in (10, 50):").by('new = "2"\nfor percentage in (10, 50):'),
    ),
    "a_deadline": Wrong(
        "it says drained when the last old order has closed",
        "however long that takes",
        DRAIN.by("""
            try:
                async with asyncio.timeout(30):
                    while await open_runs(old):
                        await asyncio.sleep(0.2)
            except TimeoutError:
                pass
            return "drained"
        """),
    ),
    "a_dict": Wrong(
        "each build's Worker gets a config",
        "return the whole config",
        replace("WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)").by("""
            {
                "version": version,
                "use_worker_versioning": True,
                "default_versioning_behavior": VersioningBehavior.PINNED,
            }
        """),
    ),
    "a_limit_that_raises": Wrong(
        "roll_out comes to an end",
        "set no limit to the wait",
        DRAIN.by("""
            async with asyncio.timeout(3600):
                while await open_runs(old):
                    await asyncio.sleep(0.2)
            return "drained"
        """),
    ),
    "asks_when_current": Wrong(
        "each step waits for a healthy one before",
        "after a ramp only",
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
            await set_current(new)
        """).by("""
            for step in (lambda: set_ramp(new, 10), lambda: set_ramp(new, 50), lambda: set_current(new)):
                await step()
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """),
    ),
    "asks_while_it_ramps": Wrong(
        "each step waits for a healthy one before",
        "after each `await set_ramp(…)`",
        replace("""
            await set_ramp(new, percentage)
            if not await healthy():
        """).by("""
            _, ok = await asyncio.gather(set_ramp(new, percentage), healthy())
            if not ok:
        """),
    ),
    "asks_again_when_ill": Wrong(
        "an unhealthy version gets no order any more",
        "look at what `await healthy()` says, every time",
        replace("if not await healthy():").by("if not await healthy() and not await healthy():"),
    ),
    "back_to_the_old_one": Wrong(
        "an unhealthy version gets no order any more",
        "and nothing else",
        replace("await set_ramp(new, 0)").by("await set_ramp(new, 0)\nawait set_current(old)"),
    ),
    "blocks_the_loop": Wrong(
        "it lets some time pass between two questions",
        "use `await asyncio.sleep(…)`",
        replace("import asyncio").by("import time"),
        replace("await asyncio.sleep(0.2)").by("time.sleep(0.2)"),
    ),
    "builds_of_the_rehearsal": Wrong(
        "on the server, too, it rolls back, and later drains the old version",
        "use `old` and `new` for the builds",
        replace("for percentage in (10, 50):").by('old, new = "1.0", "1.1"\nfor percentage in (10, 50):'),
    ),
    "config_as_a_coroutine": Wrong(
        "each build's Worker gets a config",
        "write plain `def versioned`",
        replace("def versioned").by("async def versioned"),
    ),
    "gives_up_after_a_hundred": Wrong(
        "it says drained when the last old order has closed",
        "however long that takes",
        DRAIN.by("""
            for _ in range(100):
                if await open_runs(old) == 0:
                    break
                await asyncio.sleep(0.2)
            return "drained"
        """),
    ),
    "percent_first": Wrong(
        "roll_out comes to an end",
        "bad argument type",
        replace("set_ramp(new, percentage)").by("set_ramp(percentage, new)"),
    ),
    "raises_the_words": Wrong(
        "roll_out comes to an end",
        "a roll-back is an answer, no error",
        replace('return "rolled back"').by('raise RuntimeError("rolled back")'),
    ),
    "pauses_for_a_minute": Wrong(
        "it lets some time pass between two questions",
        "make the pauses shorter",
        replace("sleep(0.2)").by("sleep(60)"),
    ),
    "ramp_not_awaited": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "write `await` in front of `set_ramp(…)`",
        replace("await set_ramp(new, percentage)").by("set_ramp(new, percentage)"),
    ),
    "says_done": Wrong(
        "it says drained when the last old order has closed",
        'end with `return "drained"`',
        replace('"drained"').by('"done"'),
    ),
    "turned_round": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "go on when `healthy()` says `True`",
        replace("if not await healthy():").by("if await healthy():"),
    ),
    "waits_for_both": Wrong(
        "it says drained when the last old order has closed",
        "whatever is open on the new version",
        replace("await open_runs(old) == 0").by("await open_runs(old) + await open_runs(new) == 0"),
    ),
    "answer_not_looked_at": Wrong(
        "an unhealthy version gets no order any more",
        "look at what `await healthy()` says",
        replace("""
            if not await healthy():
                await set_ramp(new, 0)
                return "rolled back"
        """).by("await healthy()"),
    ),
    "arguments_swapped": Wrong(
        "each build has a version of its own",
        "make the version of both arguments",
        replace("deployment, build_id").by("build_id, deployment"),
    ),
    "asks_once": Wrong(
        "it says drained when the last old order has closed",
        "whoever stops the old Workers now",
        DRAIN.by("""
            await open_runs(old)
            return "drained"
        """),
    ),
    "auto_upgrade": Wrong(
        "runs stay on the version where they began",
        "an upgrading run is replayed with the new code",
        replace("VersioningBehavior.PINNED").by("VersioningBehavior.AUTO_UPGRADE"),
    ),
    "drains_before_current": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "before you wait",
        replace("""
            await set_current(new)
            while True:
                if await open_runs(old) == 0:
                    return "drained"
                await asyncio.sleep(0.2)
        """).by("""
            while True:
                if await open_runs(old) == 0:
                    break
                await asyncio.sleep(0.2)
            await set_current(new)
            return "drained"
        """),
    ),
    "forgotten_await": Wrong(
        "each step waits for a healthy one before",
        "a coroutine counts as true",
        replace("await healthy()").by("healthy()"),
    ),
    "gives_up_after_ten": Wrong(
        "it says drained when the last old order has closed",
        "whoever stops the old Workers now",
        replace("""
            while True:
                if await open_runs(old) == 0:
                    return "drained"
                await asyncio.sleep(0.2)
        """).by("""
            for _ in range(10):
                if await open_runs(old) == 0:
                    break
                await asyncio.sleep(0.2)
            return "drained"
        """),
    ),
    "goes_up_though_ill": Wrong(
        "an unhealthy version gets no order any more",
        "`False` ends the roll-out",
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by("""
            answers = []
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                answers.append(await healthy())
            if not all(answers):
                await set_ramp(new, 0)
                return "rolled back"
        """),
    ),
    "last_answer_counts": Wrong(
        "an unhealthy version gets no order any more",
        "unhealthy at 10 %: ramp 1.1 10, ramp 1.1 0",
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                ok = await healthy()
            if not ok:
                await set_ramp(new, 0)
                return "rolled back"
        """),
    ),
    "looks_once": Wrong(
        "each step waits for a healthy one before",
        "ask `await healthy()` after each",
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by("""
            await set_ramp(new, 10)
            if not await healthy():
                await set_ramp(new, 0)
                return "rolled back"
            await set_ramp(new, 50)
        """),
    ),
    "never_made_current": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "end the ramp with",
        replace("10, 50").by("10, 50, 100"),
        replace("await set_current(new)").by(""),
    ),
    "no_fifty": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "a bad version should meet four orders of forty",
        replace("10, 50").by("10,"),
    ),
    "no_pause": Wrong(
        "it lets some time pass between two questions",
        "`await asyncio.sleep(0.2)` between two questions",
        DRAIN.by("""
            while await open_runs(old):
                pass
            return "drained"
        """),
    ),
    "nobody_looks": Wrong(
        "each step waits for a healthy one before",
        "ask `await healthy()` after each",
        replace("""
            if not await healthy():
                await set_ramp(new, 0)
                return "rolled back"
        """).by(""),
    ),
    "old_made_current_again": Wrong(
        "an unhealthy version gets no order any more",
        "take the ramp back",
        replace("set_ramp(new, 0)").by("set_current(old)"),
    ),
    "old_worker_stopped_too_early": Wrong(
        "it says drained when the last old order has closed",
        "whoever stops the old Workers now",
        DRAIN.by('return "drained"'),
    ),
    "nobody_awaits_the_number": Wrong(
        "it says drained when the last old order has closed",
        "write `await` in front of `open_runs(old)`",
        replace("await open_runs(old)").by("open_runs(old)"),
    ),
    "only_a_label": Wrong(
        "each build's Worker takes part in versioning", "the build id is a label", replace("True,").by("False,")
    ),
    "ramp_left_on": Wrong(
        "an unhealthy version gets no order any more",
        "take the ramp back",
        replace("await set_ramp(new, 0)").by(""),
    ),
    "same_build_id": Wrong(
        "each build has a version of its own",
        "Two builds under one build id are one version",
        replace("deployment, build_id").by('deployment, "1.0"'),
    ),
    "says_nothing": Wrong(
        "it says that it rolled back",
        "right after the ramp is back",
        replace('"rolled back"').by('"unhealthy"'),
    ),
    "straight_to_current": Wrong(
        "the new version gets 10 %, then 50 %, then all new orders",
        "a bad version should meet four orders of forty",
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by(""),
    ),
    "unspecified": Wrong(
        "runs stay on the version where they began",
        "use `VersioningBehavior.PINNED`",
        replace("VersioningBehavior.PINNED").by("VersioningBehavior.UNSPECIFIED"),
    ),
    "version_without_config": Wrong(
        "each build's Worker gets a config",
        "return the whole config",
        replace("""
            version = WorkerDeploymentVersion(deployment, build_id)
            return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)
        """).by("return WorkerDeploymentVersion(deployment, build_id)"),
    ),
    "watches_while_it_drains": Wrong(
        "each step waits for a healthy one before",
        "after a ramp only",
        DRAIN.by("""
            while await open_runs(old):
                if not await healthy():
                    await set_current(old)
                    return "rolled back"
                await asyncio.sleep(0.2)
            return "drained"
        """),
    ),
    "waits_by_the_clock": Wrong(
        "it says drained when the last old order has closed",
        "ask `await open_runs(old)` until it is 0",
        DRAIN.by("""
            await asyncio.sleep(3)
            return "drained"
        """),
    ),
    "waits_for_the_new_one": Wrong(
        "it says drained when the last old order has closed",
        "whoever stops the old Workers now",
        replace("(old) ==").by("(new) =="),
    ),
}

RIGHT = {
    "pauses_by_an_event": Right(
        DRAIN.by("""
            stop = asyncio.Event()
            while await open_runs(old):
                try:
                    await asyncio.wait_for(stop.wait(), 0.2)
                except TimeoutError:
                    pass
            return "drained"
        """)
    ),
    "looks_twice_and_pauses_long": Right(
        replace("if not await healthy():").by("if False in [await healthy(), await healthy()]:"),
        replace("await asyncio.sleep(0.2)").by("await asyncio.sleep(10)"),
    ),
    "keywords_everywhere": Right(
        replace("""
            version = WorkerDeploymentVersion(deployment, build_id)
            return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)
        """).by("""
            return WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(deployment_name=deployment, build_id=build_id),
                use_worker_versioning=True,
                default_versioning_behavior=VersioningBehavior.PINNED,
            )
        """),
        replace("set_ramp(new, percentage)").by("set_ramp(build_id=new, percent=percentage)"),
        replace("set_ramp(new, 0)").by("set_ramp(build_id=new, percent=0)"),
        replace("set_current(new)").by("set_current(build_id=new)"),
        replace("open_runs(old)").by("open_runs(build_id=old)"),
    ),
    "questions_as_conditions": Right(
        DRAIN.by("""
            while await open_runs(old):
                await asyncio.sleep(0.1)
            return "drained"
        """)
    ),
    "written_out": Right(
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by("""
            await set_ramp(new, 10)
            ok = await healthy()
            if ok:
                await set_ramp(new, 50)
                ok = await healthy()
            if not ok:
                await set_ramp(new, 0)
                return "rolled back"
        """)
    ),
    "an_exception_takes_it_back": Right(
        replace("Call = Callable").by("""
            class Ill(Exception):
                pass


            Call = Callable
        """),
        replace("""
            for percentage in (10, 50):
                await set_ramp(new, percentage)
                if not await healthy():
                    await set_ramp(new, 0)
                    return "rolled back"
        """).by("""
            try:
                for percentage in (10.0, 50.0):
                    await set_ramp(new, percentage)
                    if not await healthy():
                        raise Ill
            except Ill:
                await set_ramp(new, 0.0)
                return "rolled back"
        """),
        DRAIN.by("""
            left = await open_runs(old)
            while left > 0:
                await asyncio.sleep(0.5)
                left = await open_runs(old)
            return "drained"
        """),
    ),
}
