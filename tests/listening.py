"""Somebody who hears the console line by line, and types."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import CELLDECK, PATIENCE_S, wait_for


class Line:
    """Somebody at a terminal of `rows` x `cols`, with `celldeck --linear ARGS` on it."""

    def __init__(self, fleet, *args, rows=40, cols=200, locale="C.UTF-8", user="alice"):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        env = dict(fleet.env, TERM="dumb", LC_ALL=locale, SUDO_USER=user,
                   XDG_CONFIG_HOME="/nonexistent")
        self.process = subprocess.Popen(
            [CELLDECK, "--linear", *args], env=env, stdin=self.slave, stdout=self.slave,
            stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.said, self.heard = "", 0

    def read(self, patience_s):
        """What comes next; "" when nothing comes in time."""
        if not select.select([self.master], [], [], max(0, patience_s))[0]:
            return ""
        try:
            return os.read(self.master, 1 << 16).decode("utf-8", "replace")
        except OSError:
            return ""

    def hears(self, pattern, patience_s=PATIENCE_S / 2):
        """Waits until it is said, after what was heard before; what led to it, or None."""
        until = time.monotonic() + patience_s
        while not (found := re.compile(pattern, re.S).search(self.said, self.heard)):
            if time.monotonic() > until:
                print(f"  never heard: {pattern}\n{self.said[-3000:]}", flush=True)
                return None
            self.said += self.read(min(0.5, until - time.monotonic()))
        begun, self.heard = self.heard, found.end()
        return self.said[begun:found.end()]

    def types(self, text):
        os.write(self.master, text.encode())

    def types_at_once(self, text):
        """So that all of it waits in the terminal when the first of it is read."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.types(text)
        wait_for("all of it in the terminal", lambda: self.unread() == len(text))
        self.process.send_signal(signal.SIGCONT)

    def unread(self):
        """How many bytes were typed that nobody has read."""
        return struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4))[0]

    def asks(self, line, pattern):
        """Types a line at the prompt, and waits for the answer; once more where it was typed too
        soon after a question that came by itself."""
        self.types(line + "\r")
        heard = self.hears(f"(?:{pattern})|is not taken: type it again.*[?:>] ")
        if heard and "is not taken: type it again" in heard:
            self.types(line + "\r")
            heard = self.hears(pattern)
        return heard

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def ends(self):
        """Its exit code, negative for a signal; the terminal is read meanwhile, or it would wait."""
        until = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < until:
            self.said += self.read(0.1)
        while came := self.read(0.1):
            self.said += came
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
