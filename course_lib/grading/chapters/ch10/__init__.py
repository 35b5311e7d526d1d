"""Chapter 10, schedules: two years and an outage of a nightly report, five overlap policies, a gap that is repaired."""
