"""How busy the processors are, for whoever may begin one thing more or leave it."""
import math
import os


def _quota():
    """How many processors' time a container is given at the most; none is infinitely many."""
    for path, periods in (("cpu.max", None), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            with open(f"/sys/fs/cgroup/{path}", encoding="ascii") as file:
                words = file.read().split()
            if periods:
                with open(f"/sys/fs/cgroup/{periods}", encoding="ascii") as file:
                    words.append(file.read())
        except OSError:
            continue
        if words[0].isdigit():
            return int(words[0]) / int(words[1])
    return math.inf


# More than eight would not make it faster: by then all waits for what waits longest.
CORES = max(1, int(min(len(os.sched_getaffinity(0)), _quota(), 8)))
# Where others have processors of this machine, too, what is idle there is not ours.
ALL_OURS = os.cpu_count() == CORES


class Load:
    """What was spared since it was last asked, and how busy they were since it was made."""

    def __init__(self):
        self.began = self.last = self._read()

    @staticmethod
    def _read():
        """(idle, niced, all) ticks since the machine began (proc_stat(5))."""
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        return ticks[3] + ticks[4], ticks[1], sum(ticks)

    def spare(self):
        """From 0 to 1, since it was last asked. What is niced yields, and so is spare, too."""
        before, self.last = self.last, self._read()
        idle, niced, ticks = (now - then for now, then in zip(self.last, before))
        return (idle + niced) / max(1, ticks) if ALL_OURS else 0.0

    def busy_pct(self):
        idle, _, ticks = (now - then for now, then in zip(self._read(), self.began))
        return 100 * (1 - idle / max(1, ticks))
