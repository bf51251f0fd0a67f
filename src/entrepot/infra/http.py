"""HTTP to the outside: one pooled client per process, with limits on time, and no redirects followed."""

from __future__ import annotations

import functools

import httpx


@functools.cache
def client() -> httpx.Client:
    """Return the process's client (connect 2 s, answer 10 s)."""
    return httpx.Client(timeout=httpx.Timeout(10.0, connect=2.0), limits=httpx.Limits(max_connections=50))
