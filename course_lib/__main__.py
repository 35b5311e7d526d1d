"""Lets `python -m course_lib` stand in for the `course` command."""

from course_lib.cli import main

raise SystemExit(main())
