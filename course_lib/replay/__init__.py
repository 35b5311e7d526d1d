"""Time travel: one replay of a history, seen step by step."""
