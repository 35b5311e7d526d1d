"""What the message panel's look adds to the course's own."""

from pathlib import Path

from course_lib.widgets.look import STYLE as SHARED

STYLE = SHARED + Path(__file__).with_name("messages.css").read_text(encoding="utf-8")
