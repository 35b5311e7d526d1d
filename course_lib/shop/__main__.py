"""The shop's own process: ``python -m course_lib.shop --port 12345 --folder .course/shops``."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from socket import socket

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from course_lib.shop.app import make_app
from course_lib.shop.control import PORT_FILE
from course_lib.shop.pool import Pool

_HOST = "127.0.0.1"
_LOOK_AT_FOLDER = 2.0  # seconds
_MOST_BYTES = 1_000_000  # of a request
_PORTS_TO_TRY = 100


def listen(port: int) -> list[socket]:
    """Listen on a port, on the next free one when it is taken, or on any.

    Args:
        port: The port that is wanted.

    Raises:
        OSError: There is no free port at all.
    """
    for number in range(port, min(port + _PORTS_TO_TRY, 65536)):
        with contextlib.suppress(OSError):
            return bind_sockets(number, _HOST)
    return bind_sockets(0, _HOST)


async def serve(sockets: list[socket], folder: Path, identity: dict[str, str]) -> None:
    """Serve the shops in a folder until a signal comes, or until the folder goes away.

    Args:
        sockets: Those that listen.
        folder: Where the shops' files lie; which exists.
        identity: What the health check says.
    """
    pool = Pool(folder)
    server = HTTPServer(make_app(pool, identity), max_body_size=_MOST_BYTES)
    server.add_sockets(sockets)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: the process is simply ended
            loop.add_signal_handler(name, ended.set)
    # Nobody can stop a process whose state file is deleted, so it ends by itself with its folder.
    while os.path.isdir(folder) and not ended.is_set():  # noqa: ASYNC240 - one local look every two seconds
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _LOOK_AT_FOLDER)
    server.stop()
    pool.close()


def main() -> int:
    """Run the service."""
    parser = argparse.ArgumentParser(prog="python -m course_lib.shop", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="wanted; the next free one when it is taken")
    parser.add_argument("--folder", type=Path, required=True, help="where the shops and the report of the port lie")
    parser.add_argument("--start", default="", help="a word that tells this process from an earlier one")
    parser.add_argument("--fingerprint", default="", help="which version of the code this is")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        sockets = listen(options.port)
        report = f"{sockets[0].getsockname()[1]} {options.start}"
        (options.folder / PORT_FILE).write_text(report, encoding="ascii")
        identity = {"start": options.start, "fingerprint": options.fingerprint}
        asyncio.run(serve(sockets, options.folder, identity))
    except OSError as error:
        print(f"The shop cannot serve: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
