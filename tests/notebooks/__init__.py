"""The harness that runs every notebook of both editions under nbval."""
