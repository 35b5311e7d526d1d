"""What the service's handlers share: JSON in, JSON out, and nobody but this machine's programs as callers."""

import json
import logging
import sqlite3
from typing import Any

from tornado.web import HTTPError, RequestHandler

from course_lib.shop.call import Refused
from course_lib.shop.pool import Pool
from course_lib.shop.store import Store

log = logging.getLogger("course_lib.shop")
_LOCAL = ("127.0.0.1", "localhost")


class JsonHandler(RequestHandler):
    """Base of all handlers."""

    @property
    def pool(self) -> Pool:
        """The shops, as `course_lib.shop.app.make_app` keeps them."""
        pool: Pool = self.settings["pool"]
        return pool

    def prepare(self) -> None:
        """Turn away web pages: one open in the learner's browser must not reach the shop."""
        if self.request.host_name not in _LOCAL or "Origin" in self.request.headers:
            raise Refused(403, "The shop answers programs on this machine only.")

    def store(self, shop_id: str) -> Store:
        """Return a shop, or refuse the request."""
        store = self.pool.get(shop_id)
        if store is None:
            raise Refused(404, f"There is no shop {shop_id!r}.")
        return store

    def json_body(self) -> dict[str, Any]:
        """Return the request's body; a missing one is an empty one."""
        if not self.request.body:
            return {}
        try:
            body = json.loads(self.request.body)
        except ValueError as error:
            raise Refused(400, f"The body is not JSON: {error}.") from None
        if not isinstance(body, dict):
            raise Refused(400, "The body must be a JSON object.")
        return body

    def send(self, status: int, body: dict[str, Any]) -> None:
        """Answer the request."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with the reason as JSON, whatever went wrong."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, Refused):
            self.send(error.status, {"error": error.message})
        elif isinstance(error, sqlite3.Error):
            self.send(500, {"error": f"The shop's database could not be written: {error}."})
        elif isinstance(error, HTTPError):
            self.send(status_code, {"error": error.log_message or f"HTTP {status_code}"})
        elif error is None:
            self.send(500, {"error": "The shop was stopped before it could answer."})
        else:
            self.send(500, {"error": f"The shop itself has a bug: {error!r}."})

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what is not part of a lesson."""
        if not isinstance(value, Refused | HTTPError):
            log.error("%s %s", self.request.method, self.request.path, exc_info=value)
