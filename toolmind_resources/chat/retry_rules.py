"""Which tries of a request are made again, and after how long. No I/O."""

import math
import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

RATE_LIMITED = 429
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 8.0
"""Wait before the first further try, which doubles up to the longest; each is a quarter shorter or longer at most."""
LONGEST_STATED_SECONDS = 120.0
"""Longest wait that a server may ask for; whoever asks for more is not asked again."""
_MAY_PASS = (408, 409, RATE_LIMITED)
"""Statuses below 500 that are tried again as those above it are."""


def may_pass(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same request may be answered later; a server that says so itself (`x-should-retry`) is believed."""
    stated = headers.get("x-should-retry", "").lower()
    if stated in ("true", "false"):
        return stated == "true"
    return (status >= 500 or status in _MAY_PASS) and (stated_wait(headers) or 0) <= LONGEST_STATED_SECONDS


def wait_seconds(n_failed: int, headers: Mapping[str, str]) -> float:
    """How long to wait after the `n_failed`-th try: as the server states, else twice as long each time."""
    stated = stated_wait(headers)
    if stated is not None:
        return min(stated, LONGEST_STATED_SECONDS)
    doubled = FIRST_WAIT_SECONDS * 2.0 ** min(n_failed - 1, 30)
    return min(doubled, LONGEST_WAIT_SECONDS) * random.uniform(0.75, 1.25)


def stated_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, which is a number or an HTTP date (RFC 9110, 10.2.3); None without one."""
    for name, divisor in (("retry-after-ms", 1_000), ("retry-after", 1)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return seconds / divisor
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
