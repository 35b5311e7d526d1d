"""Why a workflow does not go on: looked up on the server, said in words, with the fix."""

from course_lib.diagnosis.looking import diagnose
from course_lib.diagnosis.model import Cause, Diagnosis

__all__ = ["Cause", "Diagnosis", "diagnose"]
