"""The panel for what goes wrong in the shop: switches, bad days by name, and the requests as they come."""

from course_lib.widgets.fault_panel.panel import FaultPanel, fault_panel, show

__all__ = ["FaultPanel", "fault_panel", "show"]
