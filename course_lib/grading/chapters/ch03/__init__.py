"""Chapter 03, retries and timeouts: a policy, a final failure, a hung call, and a workflow that is stuck."""

CLASSIFY = {"3.a": lambda seen: int(seen) if seen in (0, 1) else "each"}
"""What a run showed as the value of one option, see `Prediction.classify`."""
