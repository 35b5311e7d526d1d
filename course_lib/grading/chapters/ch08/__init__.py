"""Chapter 08, timers: a registration with a deadline, a deadline that moves, Mondays at nine in local time."""
