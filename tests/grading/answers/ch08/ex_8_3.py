"""Answers to exercise 8.3."""

CLAIMS = {}
WRONG = {}
RIGHT = {}
