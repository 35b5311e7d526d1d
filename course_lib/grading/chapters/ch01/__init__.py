"""Chapter 01, workflows: write one, start it once only, read its history."""
