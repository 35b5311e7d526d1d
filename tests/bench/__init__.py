"""Measurements: ratios against plain SDK code, both sides in one run. `make bench` prints them; no test asserts one."""
