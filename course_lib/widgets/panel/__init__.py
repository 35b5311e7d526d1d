"""What all live panels share: two loops, one drawing at a time, errors in words, a word when the kernel is gone."""

from course_lib.widgets.panel.base import FRAME, Panel
from course_lib.widgets.panel.frontend import interactive, with_static
from course_lib.widgets.panel.kernel_side import KernelSide
from course_lib.widgets.panel.pulse import Controls, Pulse

__all__ = ["FRAME", "Controls", "KernelSide", "Panel", "Pulse", "interactive", "with_static"]
