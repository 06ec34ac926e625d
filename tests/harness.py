"""What the end-to-end suites share: the real binaries, a simulator each, and a count of checks.

A suite is an executable tests/*/*.test that runs alone from anywhere, starts what it needs on
loopback, ends it, and closes with `N passed, N failed`. Nothing here waits for a time to pass: it
waits for a condition, and gives up with what it saw instead."""

import atexit
import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import uuid
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from processors import CORES, Load

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("CELLDECK_BUILD", os.path.join(ROOT, "build", "san"))
CELLDECK = os.path.join(BUILD, "celldeck")
# What is only looked at, again and again, while something is waited for is asked of the program as
# it is shipped: it answers in a fraction of the time, and the machine is left to what is tested.
SHIPPED = os.path.join(ROOT, "build", "release", "celldeck")
LOOKS = [("status",), ("cells",), ("tenants",), ("doctor",), ("handover",), ("tenant", "where"),
         ("history",), ("gate", "list"), ("rollout", "status"), ("rollout", "plan"),
         ("failover", "status"), ("failover", "plan")]
# The simulator is not what is tested here (tests/peers/sim*.test do that, sanitized): fast, it
# leaves the machine to celldeck.
SIMULATOR = os.path.join(ROOT, "build", "release", "celldeck-sim")
FLEETS, MORE_FLEETS = CORES + 1, 4 * CORES  # at a time: take_slot()
# 16 MB of what was freed are watched, not 256, and used again: a page that was never touched, or was
# given back, can cost more than the work that is done on it.
MEMORY_AS_IT_COMES = "quarantine_size_mb=16:allocator_release_to_os_interval_ms=-1"
PATIENCE_S = 120  # how long any condition may take before the suite says that it never came
# Waves that a suite can wait for; the release 5.0.3 goes bad on the second one's first cell.
SHORT = """
deploy_time: 1s
celldeck:
  waves:
    - {name: dev, class: dev, bake: 4s, low_traffic: pass}
    - {name: mid-size, class: shared, bake: 8s}
    - {name: enterprise, class: dedicated, bake: 4s}
  journal: {lease: 3s}
"""

_passed, _failed = 0, 0
_counting = threading.Lock()


def check(rule, holds, seen=""):
    """Counts one rule; `seen` is shown where it does not hold."""
    global _passed, _failed
    with _counting:
        if holds:
            _passed += 1
            print(f"  ok    {rule}", flush=True)
        else:
            _failed += 1
            print(f"  FAIL  {rule}\n        {str(seen)[:2000]}", flush=True)
    return holds


def _run(story):
    global _failed
    print(story.__name__.replace("_", " "), flush=True)
    try:
        story()
    except Exception:  # a story that breaks off is a failure, and the others still run
        with _counting:
            _failed += 1
            print(f"  FAIL  {story.__name__}", flush=True)
            traceback.print_exc(file=sys.stdout)


def main(*stories, at_once=1):
    """Runs the stories, prints the closing line, and exits. Those that mostly wait may run
    `at_once`: their lines mix, and each line names its rule."""
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        list(pool.map(_run, stories))
    print(f"{_passed} passed, {_failed} failed", flush=True)
    sys.exit(1 if _failed else 0)


_waiting = threading.local()


@contextlib.contextmanager
def _while_waiting():
    before, _waiting.now = getattr(_waiting, "now", False), True
    try:
        yield
    finally:
        _waiting.now = before


def program_for(args):
    """celldeck, for these arguments."""
    looks = getattr(_waiting, "now", False) and any(args[:len(look)] == look for look in LOOKS)
    return SHIPPED if looks and "CELLDECK_BUILT" in os.environ else CELLDECK


def wait_for(what, condition, patience_s=PATIENCE_S):
    """Asks until the answer is true; returns it. Raises with the last answer otherwise."""
    clock = threading.Event()
    until = time.monotonic() + patience_s
    while True:
        with _while_waiting():
            answer = condition()
        if answer:
            return answer
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: never happened, last seen {answer!r}")
        clock.wait(0.1)


_held = threading.local()


def take_slot():
    """So many fleets at a time, over all suites that tests/run runs side by side: on a busy machine
    a period of a second is read too late where there are more, so others begin only while the
    processors have time to spare. A story's second fleet needs none."""
    folder = os.environ.get("CELLDECK_TEST_SLOTS")
    if not folder or getattr(_held, "slot", None):
        return None
    load, looked = Load(), time.monotonic()

    def may_be():
        nonlocal looked
        if time.monotonic() - looked < 1:
            return FLEETS
        looked = time.monotonic()
        return MORE_FLEETS if load.spare() > 0.3 else FLEETS

    def free_one():
        for number in range(may_be()):
            file = open(os.path.join(folder, f"slot-{number}"), "w", encoding="ascii")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            except BlockingIOError:
                file.close()
        return None
    _held.slot = wait_for("a free slot", free_one, patience_s=3600)
    return _held.slot


def words_of(pid, what):
    """The arguments ("cmdline") or the environment ("environ") of a process."""
    with open(f"/proc/{pid}/{what}", "rb") as file:
        return file.read().split(b"\0")


def birth_of(pid):
    """When a process began, in ticks; None of one that is gone, or only has to be buried."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


class Fleet:
    """A simulator of its own, a state folder of its own, and celldeck pointed at both."""

    known_conductors = {}  # pid -> birth_of(), as conductors() last found them

    def __init__(self, scenario=""):
        self.slot = take_slot()
        self.dir = tempfile.mkdtemp(prefix="celldeck-test-")
        atexit.register(self.close)
        argv = [SIMULATOR, "--dir", self.dir, "--until-eof"]
        if scenario:
            path = os.path.join(self.dir, "scenario.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(scenario)
            argv += ["--scenario", path]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.endpoint = ready["endpoint"]
        self.config = ready["config"]
        self.state_dir = os.path.join(self.dir, "state")
        self.env = dict(
            os.environ,
            AWS_ENDPOINT_URL=self.endpoint,
            AWS_ACCESS_KEY_ID="TEST",
            AWS_SECRET_ACCESS_KEY="test",
            AWS_EC2_METADATA_DISABLED="true",
            CELLDECK_CONFIG=self.config,
            CELLDECK_STATE=self.state_dir,
            # What is somebody's own is nobody's here, neither the developer's nor another suite's.
            XDG_CONFIG_HOME="/nonexistent",
            XDG_STATE_HOME=os.path.join(self.dir, "people"),
            LSAN_OPTIONS=f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0",
            ASAN_OPTIONS=f"handle_sigill=1:{MEMORY_AS_IT_COMES}",
        )
        for name in ("AWS_PROFILE", "SUDO_USER", "SSH_CLIENT", "SSH_CONNECTION", "NO_COLOR"):
            self.env.pop(name, None)

    def close(self):
        """Ends the simulator and any conductor of ours."""
        if not self.dir:
            return
        for pid in self.conductors():
            with contextlib.suppress(ProcessLookupError):  # it may just have ended by itself
                os.kill(pid, 9)
        self.process.stdin.close()
        self.process.wait(timeout=30)
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir = None
        if self.slot:
            self.slot.close()
            _held.slot = None

    def conductors(self):
        """Pids of conductors that work on our state folder, found by their environment. One that
        dies has none any more, and may hold its files a moment longer: it counts until it is gone."""
        mine = f"CELLDECK_STATE={self.state_dir}".encode()
        dying = self.known_conductors
        found = {}
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            with contextlib.suppress(OSError):
                born = birth_of(pid)
                if born and (dying.get(pid) == born or
                             b"conductor" in words_of(pid, "cmdline") and
                             mine in words_of(pid, "environ")):
                    found[pid] = born
        self.known_conductors = found
        return list(found)

    def argv(self, *args):
        return [program_for(args), *args]

    def run(self, *args, as_user=None, env=None, stdin=subprocess.DEVNULL):
        """celldeck ARGS, to its end. `as_user`: another login (root's SUDO_USER)."""
        argv = self.argv(*args)
        whole = dict(self.env, **(env or {}))
        if as_user:
            whole["SUDO_USER"] = as_user
            if os.getuid() != 0 and argv[0] != "unshare":
                argv = ["unshare", "--map-root-user", *argv]
        return subprocess.run(argv, env=whole, stdin=stdin, capture_output=True, text=True,
                              timeout=600, check=False)

    def json(self, *args):
        """The document that celldeck ARGS --json prints."""
        done = self.run(*args, "--json")
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise AssertionError(f"{args}: no JSON: {done.stdout!r} {done.stderr!r}") from None

    def start(self, version, *more, **how):
        """Starts a rollout as soon as the plan has nothing against it; returns its id. (On a busy
        machine a period of one second is now and then read too late, and its cell is stale.)"""
        done = self.start_and_wait(version, *more, wait=False, **how)
        assert done.returncode == 0, done
        return done.stdout.split()[0]

    def start_and_wait(self, version, *more, wait=True, **how):
        """The same with --wait: what the command came to."""
        argv = ["rollout", "start", version, "--reason", "a test", "--yes", *more]
        argv += ["--wait"] if wait else []

        def try_it():
            done = self.run(*argv, **how)
            return done if done.stdout else None  # refused: no rollout was opened
        return wait_for(f"a start of {version} that is not refused", try_it)

    def watch(self, rollout):
        """Events of a rollout as they come, oldest first, until it has ended."""
        watcher = subprocess.Popen(self.argv("rollout", "watch", rollout), env=self.env,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        timer = threading.Timer(PATIENCE_S * 3, watcher.kill)
        timer.start()
        try:
            for line in watcher.stdout:
                yield json.loads(line)
        finally:
            timer.cancel()
            watcher.kill()
            watcher.wait()

    def status(self, rollout):
        return self.json("rollout", "status", rollout)

    def cell_states(self, rollout):
        """{cell: state} of a rollout."""
        return {cell["id"]: cell["state"]
                for wave in self.status(rollout)["waves"] for cell in wave["cells"]}

    def events(self, operation, *types):
        """Its events, or those of these types."""
        events = self.json("history", "show", operation)["events"]
        return [event for event in events if not types or event["type"] in types]

    def running(self, cell):
        """The version that the cell's /healthcheck names."""
        return json.loads(self.get(f"/cells/{cell}/healthcheck"))["version"].split("-")[0]

    def writes(self, cell=None):
        """Calls that change something, as the simulated AWS heard them."""
        return [call for call in json.loads(self.get("/sim/writes"))
                if cell is None or call.get("cell") == cell]

    def get(self, path):
        with urllib.request.urlopen(self.endpoint + path, timeout=30) as answer:
            return answer.read().decode()

    def ecs(self, region, action, **body):
        """An ECS call of somebody who is not celldeck; the simulator reads only the scope."""
        scope = f"SOMEBODY/20261124/{region}/ecs/aws4_request"
        request = urllib.request.Request(
            self.endpoint, method="POST", data=json.dumps(body).encode(), headers={
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, "
                                 "Signature=0",
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{action}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def change_by_hand(self, cell, region, version):
        """Both services of the cell get another version, and no rollout knows of it."""
        for service in self.ecs(region, "DescribeServices", cluster=cell,
                                services=["api", "web"])["services"]:
            task = self.ecs(region, "DescribeTaskDefinition",
                            taskDefinition=service["taskDefinition"])["taskDefinition"]
            containers = task["containerDefinitions"]
            for container in containers:
                container["image"] = container["image"].rpartition(":")[0] + ":" + version
            made = self.ecs(region, "RegisterTaskDefinition", family=task["family"],
                            containerDefinitions=containers)["taskDefinition"]
            self.ecs(region, "UpdateService", cluster=cell, service=service["serviceName"],
                     taskDefinition=made["taskDefinitionArn"])

    def popen(self, *args, as_user=None, env=None, **how):
        """celldeck ARGS, under way; the caller waits for it."""
        env = dict(self.env, **(env or {}), **({"SUDO_USER": as_user} if as_user else {}))
        return subprocess.Popen(self.argv(*args), env=env, stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)

    def until_cell(self, rollout, cell, *states):
        """Waits until the cell is in one of these states; returns which."""
        return wait_for(f"{cell} of {rollout} is {' or '.join(states)}",
                        lambda: (found := self.cell_states(rollout)[cell]) in states and found)

    def until_state(self, rollout, *states):
        """Waits until the rollout is in one of these states; returns its status."""
        return wait_for(f"{rollout} is {' or '.join(states)}",
                        lambda: (found := self.status(rollout))["state"] in states and found)

    def database(self):
        """history.db, opened beside celldeck; every statement is its own transaction."""
        return sqlite3.connect(os.path.join(self.state_dir, "history.db"), isolation_level=None,
                               timeout=30, check_same_thread=False)

    def log(self):
        """conductor.log so far."""
        with open(os.path.join(self.state_dir, "conductor.log"), encoding="utf-8") as file:
            return file.read()

    def fault(self, **fault):
        """Something goes wrong from now on; see data/sim/default.yaml, faults."""
        request = urllib.request.Request(self.endpoint + "/sim/fault", method="POST",
                                         data=json.dumps(fault).encode())
        urllib.request.urlopen(request, timeout=30).close()

    def incident(self, **incident):
        """Something happens to cells from now on, whatever runs in them; see data/sim/default.yaml,
        incidents."""
        request = urllib.request.Request(self.endpoint + "/sim/incident", method="POST",
                                         data=json.dumps(incident).encode())
        urllib.request.urlopen(request, timeout=30).close()

    def end_incidents(self):
        request = urllib.request.Request(self.endpoint + "/sim/incidents", method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()

    def end_faults(self):
        request = urllib.request.Request(self.endpoint + "/sim/faults", method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()


class Bastion(Fleet):
    """Another host of a fleet's, as far as celldeck can tell: its name, when it was booted, and its
    state folder are its own; AWS and celldeck.yaml are the same. It has to be closed before the
    fleet."""

    def __init__(self, fleet, name):
        self.__dict__.update(fleet.__dict__)
        self.name = name
        self.state_dir = tempfile.mkdtemp(prefix=f"{name}-", dir=fleet.dir)
        self.known_conductors = {}
        self.boot = os.path.join(fleet.dir, os.path.basename(self.state_dir) + ".boot")
        with open(self.boot, "w", encoding="ascii") as file:
            file.write(f"{uuid.uuid4()}\n")
        self.env = dict(fleet.env, CELLDECK_STATE=self.state_dir)

    def argv(self, *args):
        user = [] if os.getuid() == 0 else ["--map-root-user"]
        begin = 'mount --bind "$1" /proc/sys/kernel/random/boot_id && hostname "$2" && ' \
                'shift 2 && exec "$@"'
        return ["unshare", "--uts", "--mount", *user, "sh", "-c", begin, "sh", self.boot, self.name,
                program_for(args), *args]

    def close(self):
        for pid in self.conductors():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
