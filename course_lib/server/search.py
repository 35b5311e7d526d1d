"""The order in which the course looks for a server, and when it starts one."""

import contextlib
from dataclasses import replace

from course_lib.errors import CourseError
from course_lib.server import connection, embedded, environment
from course_lib.server.progress import Say, progress
from course_lib.server.server import Server

_LOCK_LIMIT = 40.0  # seconds: longer than another notebook's slowest start
_LOCAL = "127.0.0.1:7233"


async def find() -> Server | None:
    """Find a server that already runs, in the course's order of search.

    Returns:
        The server, or None when there is none and the course may start its own.

    Raises:
        CourseError: The environment names a server, and it does not answer.
    """
    named = environment.named()
    if named is not None:
        return await _attach(named)
    return await embedded.running() or await _local()


async def ensure(say: Say | None = None) -> Server:
    """Find a server, or start the embedded one.

    Args:
        say: Gets a line whenever something takes longer than two seconds.

    Returns:
        A server that has just answered a health check.

    Raises:
        CourseError: There is none and none could be started; says what was tried and what to do.
    """
    return (await ensure_started(say))[0]


async def ensure_started(say: Say | None = None) -> tuple[Server, bool]:
    """Find a server or start the embedded one, and tell which: see :func:`ensure`.

    Returns:
        The server, and whether this very call started it.
    """
    say = say or _nobody
    found = await find()
    if found is not None:
        return found, False
    async with contextlib.AsyncExitStack() as held:
        async with progress(say, "Waiting for another notebook that is starting the Temporal server."):
            await held.enter_async_context(embedded.daemon().alock(_LOCK_LIMIT))
        # The one that held the lock may have started it meanwhile: two kernels that race get one server.
        found = await find()
        if found is not None:
            return found, False
        return await embedded.start(say), True


async def restart(say: Say | None = None) -> Server:
    """Stop the embedded server if it runs, and find or start one again; its database stays.

    Args:
        say: Gets a line whenever something takes longer than two seconds.

    Raises:
        CourseError: The environment names a server (the course never restarts those), or the start failed.
    """
    named = environment.chosen()
    if named is not None:
        raise CourseError(
            "The course cannot restart this server: it did not start it.",
            tried=[f"the server that {named} names"],
            fix="restart it where it was started, or unset the variable to use the course's own server.",
        )
    await embedded.stop()
    return await ensure(say)


async def _attach(named: Server) -> Server:
    try:
        found = await connection.checked(named, connection.CONNECT_LIMIT)
    except connection.Unreachable as error:
        tls, key = named.options.get("tls"), named.options.get("api_key")
        raise CourseError(
            f"The Temporal server at {named.address} cannot be used: {error}.",
            tried=[
                f"{environment.chosen()} (namespace {named.namespace!r}, TLS {'on' if tls else 'off'}, "
                f"API key {'given' if key else 'not given'})"
            ],
            fix="start that server or correct the setting (`temporal operator namespace describe` tries the same from "
            "a terminal); or unset it, and the course starts its own server.",
        ) from error
    cloud = environment.ui_of_cloud(named.address, named.namespace)
    return replace(found, ui_url=cloud or await connection.find_ui(named.address))


async def _local() -> Server | None:
    if embedded.in_memory():  # a test asks for a server of its own, whatever else runs on this machine
        return None
    host, _, port = _LOCAL.partition(":")
    if not await connection.listens(host, int(port)):
        return None
    try:
        found = await connection.checked(Server(_LOCAL, origin="local"), 1.5)
    except connection.Unreachable:
        return None
    return replace(found, ui_url=await connection.find_ui(_LOCAL))


def _nobody(line: str) -> None:
    """Take progress that nobody wants to see."""
