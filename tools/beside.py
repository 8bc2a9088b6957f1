"""Do several things side by side: most of a first build waits for the network or uses one core."""

from concurrent.futures import ThreadPoolExecutor


def beside(*functions):
    """Call functions beside each other; return their results, or raise the first problem when all have ended."""
    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(function) for function in functions]
    return [future.result() for future in futures]
