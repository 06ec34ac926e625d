"""A program on a pseudo-terminal of its own, and what it costs."""
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

TICKS = os.sysconf("SC_CLK_TCK")
QUIET_S = 0.02  # a frame is over when nothing has come for so long


class Terminal:
    """Runs `argv` on a terminal of `rows` x `columns`."""

    def __init__(self, argv, env, rows=24, columns=80):
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], argv, dict(env, TERM="xterm-256color", LC_ALL="C.UTF-8"))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.said = b""

    def _read(self, patience_s):
        """The next bytes, b"" when none come in time."""
        if not select.select([self.fd], [], [], max(0, patience_s))[0]:
            return b""
        try:
            return os.read(self.fd, 1 << 16)
        except OSError:
            return b""

    def until(self, pattern, patience_s=60):
        """Reads until `pattern` was said; returns the seconds since the start."""
        until = time.monotonic() + patience_s
        while not re.search(pattern, self.said):
            came = self._read(until - time.monotonic())
            if not came:
                raise TimeoutError(f"{pattern} never came: {self.said[-300:]!r}")
            self.said += came
        return time.monotonic() - self.began

    def watch(self, seconds):
        """(bytes, frames) that come meanwhile."""
        until = time.monotonic() + seconds
        size, frames, last = 0, 0, 0.0
        while time.monotonic() < until:
            came = self._read(until - time.monotonic())
            now = time.monotonic()
            frames += bool(came) and now - last > QUIET_S
            last = now if came else last
            size += len(came)
        return size, frames

    def press(self, keys):
        """Seconds from the key to the last byte of the frame it brings, which is what was said."""
        self.watch(QUIET_S)
        began = time.monotonic()
        os.write(self.fd, keys)
        came, at = self._read(5), time.monotonic()
        if not came:
            raise TimeoutError(f"nothing came for {keys!r}")
        self.said = came
        while came := self._read(QUIET_S):
            self.said += came
            at = time.monotonic()
        return at - began

    def cpu_s(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self):
        """(now, at the most)"""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            kept = dict(line.split(":", 1) for line in file)
        return tuple(int(kept[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def close(self, keys=b"q"):
        os.write(self.fd, keys)
        until = time.monotonic() + 30
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            self._read(0.05)
            if time.monotonic() > until:
                os.kill(self.pid, 9)
        os.close(self.fd)


def say_keys(say, what, took_s):
    """What keys took, each on its own: the slowest but a hundredth, and the one in the middle."""
    times = sorted(took_s)
    keys = f"{len(times)} keys" if len(times) > 1 else "one key"
    say(what, f"p99 {times[len(times) * 99 // 100] * 1000:.0f} ms", "<= 50 ms",
        f"median {times[len(times) // 2] * 1000:.1f} ms, {keys}")
