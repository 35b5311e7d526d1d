"""Why a workflow does not go on: looked up on the server, said in words, with the fix."""

from course_lib.diagnosis.diagnosis import Diagnosis
from course_lib.diagnosis.looking import diagnose

__all__ = ["Diagnosis", "diagnose"]
