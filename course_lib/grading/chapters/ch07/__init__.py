"""Chapter 07, determinism pitfalls: what a replay does not see again, one bug per exercise."""
