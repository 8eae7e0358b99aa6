"""Telling how long something took."""

import time


class Stopwatch:
    """Wall time, and this process's own: on a busy machine only the second says much."""

    def __init__(self) -> None:
        self._wall, self._own = time.perf_counter(), time.process_time()

    def say(self, what: str, count: int) -> None:
        """Print what took how long, altogether and for each."""
        wall, own = time.perf_counter() - self._wall, time.process_time() - self._own
        each = own / count * 1e6
        print(f"{what:28} {count:7}  {wall:7.3f} s wall {own:7.3f} s own {each:9.1f} us each")
