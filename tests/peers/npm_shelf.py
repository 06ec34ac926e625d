"""Programs of npm's that tests are made with: tests/peers/NAME has a lock file, build/NAME what it
names."""
import fcntl
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import ROOT


def install(name):
    """From its lock file, and kept for the next run; the folder where it is."""
    source = os.path.join(ROOT, "tests", "peers", name)
    shelf = os.path.join(ROOT, "build", name)
    os.makedirs(shelf, exist_ok=True)
    with open(os.path.join(shelf, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # suites run side by side
        installed = os.path.join(shelf, "installed.json")
        with open(os.path.join(source, "package-lock.json"), encoding="ascii") as file:
            wanted = file.read()
        if os.path.exists(installed) and open(installed, encoding="ascii").read() == wanted:
            return shelf
        for file in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(source, file), shelf)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=shelf,
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        shutil.copy(os.path.join(shelf, "package-lock.json"), installed)
    return shelf
