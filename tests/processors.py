"""How busy the processors are, for whoever may begin one thing more or leave it."""
import os

CORES = len(os.sched_getaffinity(0))


class Load:
    """What was spared since it was last asked, and how busy they were since it was made."""

    def __init__(self):
        self.began = self.last = self._read()

    @staticmethod
    def _read():
        """(idle, all) ticks since the machine began (proc_stat(5))."""
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)

    @staticmethod
    def _idle(before, after):
        return (after[0] - before[0]) / max(1, after[1] - before[1])

    def spare(self):
        """From 0 to 1, since it was last asked."""
        before, self.last = self.last, self._read()
        return self._idle(before, self.last)

    def busy_pct(self):
        return 100 * (1 - self._idle(self.began, self._read()))
