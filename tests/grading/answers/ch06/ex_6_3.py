"""Answers to exercise 6.3, Roll out and drain."""

from tests.grading.edits import Right, Wrong, replace

DRAIN = replace("""
    while True:
        if await open_runs(old) == 0:
            return "drained"
        await asyncio.sleep(0.2)
""")

WRONG = {
    "answer_not_looked_at": Wrong(
        ("unhealthy at 10 %: the version gets no order any more", "unhealthy at 10 %: it says that it rolled back"),
        "look at what `await healthy()` says",
        replace("""
            if not await healthy():
                await set_ramp(new, 0)
                return "rolled back"
        """).by("await healthy()"),
    ),
    "arguments_swapped": Wrong(
        "the Worker of build 1.0 has a version of its own",
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
        "a run that began on build 1.0 stays there",
        "an upgrading run is replayed with the new code",
        replace("VersioningBehavior.PINNED").by("VersioningBehavior.AUTO_UPGRADE"),
    ),
    "drains_before_current": Wrong(
        (
            "the new version gets 10 %, then 50 %, then all new orders",
            "it says drained when the last old order has closed",
        ),
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
        (
            "each step waits for a healthy one before",
            "unhealthy at 10 %: the version gets no order any more",
            "unhealthy at 10 %: it says that it rolled back",
        ),
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
        "unhealthy at 10 %: the version gets no order any more",
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
        ("unhealthy at 10 %: the version gets no order any more", "unhealthy at 10 %: it says that it rolled back"),
        "unhealthy at 10 %: the version gets no order any more",
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
        (
            "each step waits for a healthy one before",
            "unhealthy at 50 %: the version gets no order any more",
            "unhealthy at 50 %: it says that it rolled back",
        ),
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
        (
            "the new version gets 10 %, then 50 %, then all new orders",
            "it says drained when the last old order has closed",
        ),
        "end the ramp with",
        replace("10, 50").by("10, 50, 100"),
        replace("await set_current(new)").by(""),
    ),
    "no_fifty": Wrong(
        (
            "the new version gets 10 %, then 50 %, then all new orders",
            "unhealthy at 50 %: the version gets no order any more",
            "unhealthy at 50 %: it says that it rolled back",
        ),
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
        (
            "each step waits for a healthy one before",
            "unhealthy at 10 %: the version gets no order any more",
            "unhealthy at 10 %: it says that it rolled back",
        ),
        "ask `await healthy()` after each",
        replace("""
            if not await healthy():
                await set_ramp(new, 0)
                return "rolled back"
        """).by(""),
    ),
    "old_made_current_again": Wrong(
        "unhealthy at 10 %: the version gets no order any more",
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
        "the Worker of build 1.0 takes part in versioning", "the build id is a label", replace("True,").by("False,")
    ),
    "ramp_left_on": Wrong(
        "unhealthy at 10 %: the version gets no order any more",
        "take the ramp back",
        replace("await set_ramp(new, 0)").by(""),
    ),
    "same_build_id": Wrong(
        "the Worker of build 1.1 has a version of its own",
        "Two builds under one build id are one version",
        replace("deployment, build_id").by('deployment, "1.0"'),
    ),
    "says_nothing": Wrong(
        "unhealthy at 10 %: it says that it rolled back",
        "right after the ramp is back",
        replace('"rolled back"').by('"unhealthy"'),
    ),
    "straight_to_current": Wrong(
        (
            "the new version gets 10 %, then 50 %, then all new orders",
            "each step waits for a healthy one before",
            "unhealthy at 10 %: the version gets no order any more",
            "unhealthy at 10 %: it says that it rolled back",
        ),
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
        "a run that began on build 1.0 stays there",
        "use `VersioningBehavior.PINNED`",
        replace("VersioningBehavior.PINNED").by("VersioningBehavior.UNSPECIFIED"),
    ),
    "version_without_config": Wrong(
        "the Worker of build 1.0 gets a config",
        "return the whole config",
        replace("""
            version = WorkerDeploymentVersion(deployment, build_id)
            return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)
        """).by("return WorkerDeploymentVersion(deployment, build_id)"),
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
