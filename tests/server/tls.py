"""A server as Temporal Cloud is one, seen from outside: TLS, and an API key with every connection."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path

from course_lib.loops import LoopThread

CERTIFICATE = Path(__file__).parent / "tls_of_tests.pem"
"""Certificate and key for localhost and 127.0.0.1, signed by nobody, valid until 2126. They guard nothing."""
API_KEY = "aaaaaaaa"
# "Bearer aaaaaaaa" as HTTP/2 compresses a header's value, with the Huffman code of RFC 7541.
_AUTHORIZATION = bytes.fromhex("ba51d85b14 18c6318c63")
_PREFACE, _HEADERS = 24, 1  # bytes before a connection's first frame; the type of a frame that opens a call


@contextlib.contextmanager
def behind_tls(address: str) -> Iterator[str]:
    """Serve a server at another address through TLS, to who has the API key; return that address.

    Args:
        address: The server, which wants neither.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.set_alpn_protocols(["h2"])
    host, _, port = address.rpartition(":")

    async def serve(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, forth = await asyncio.open_connection(host, int(port))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await asyncio.gather(_requests(client, forth), _copy(server, back))
        for writer in (forth, back):
            writer.close()

    thread = LoopThread("tls")
    listening = thread.run(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context), 10)
    try:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        thread.stop()


async def _requests(client: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
    forth.write(await client.readexactly(_PREFACE))
    known = False
    while True:
        head = await client.readexactly(9)
        body = await client.readexactly(int.from_bytes(head[:3], "big"))
        if head[3] == _HEADERS and not known:  # later calls of a connection name the value by a number
            if _AUTHORIZATION not in body:
                raise ConnectionError("401")
            known = True
        forth.write(head + body)
        await forth.drain()


async def _copy(server: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    while data := await server.read(65536):
        back.write(data)
        await back.drain()
    raise ConnectionError("the server has closed the connection")
