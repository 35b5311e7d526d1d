"""Chapter 00, start here: one warm-up exercise, and the questions around the killed worker."""
