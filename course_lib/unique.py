"""Ids that never come twice: of workflows, orders, queues."""

import secrets

# 48 bits. A class of thirty that makes 2,000 ids each has two equal ones with a chance of 1 in 150,000; with 16 bits,
# one learner's first 2,000 ids had thirty.
_BYTES = 6


def unique(*words: str) -> str:
    """Return an id such as ``order-ada-3f9c21d07b5e``: readable, and new at every call.

    Args:
        *words: What the id is for, and whose it is.
    """
    return "-".join([*words, secrets.token_hex(_BYTES)])
