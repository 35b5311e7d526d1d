"""The message panel: a typed form and a button for every signal, query and update of a workflow."""

from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.opening import open_desk
from course_lib.widgets.messages.outcome import Outcome
from course_lib.widgets.messages.panel import MessagePanel
from course_lib.widgets.messages.sent import Sent

__all__ = ["Desk", "MessagePanel", "Outcome", "Sent", "open_desk"]
