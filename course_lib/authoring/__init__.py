"""What authors, instructors and CI use: building, linting, executing, resetting and exporting chapters."""
