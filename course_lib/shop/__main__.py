"""The shop's own process: ``python -m course_lib.shop --port 8190 --folder .course/shops``."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer

from course_lib.shop.app import make_app
from course_lib.shop.pool import Pool

_LOOK_AT_FOLDER = 2.0  # seconds
_MOST_BYTES = 1_000_000  # of a request


async def serve(port: int, folder: Path, fingerprint: str) -> None:
    """Serve the shops in a folder until a signal comes, or until the folder goes away.

    Args:
        port: The port on 127.0.0.1.
        folder: Where the shops' files lie; which exists.
        fingerprint: Which version of the code this is, as the health check tells it.
    """
    pool = Pool(folder)
    server = HTTPServer(
        make_app(pool, {"pid": str(os.getpid()), "fingerprint": fingerprint}), max_body_size=_MOST_BYTES
    )
    server.listen(port, address="127.0.0.1")
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
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--fingerprint", default="")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(serve(options.port, options.folder, options.fingerprint))
    except OSError as error:
        print(f"The shop cannot serve: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
