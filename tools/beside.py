"""Run several things in parallel: most of a first build waits for the network or uses one core."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def beside(*functions: Callable[[], Any]) -> list[Any]:
    """Call functions in parallel; return their results, or raise the first problem after all have ended."""
    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(function) for function in functions]
    return [future.result() for future in futures]
