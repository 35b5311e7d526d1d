"""Drills: the course as many use it at once. `make drill ARGS=class` runs one; the tests here run short forms."""
