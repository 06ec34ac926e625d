"""How fast a rollout reacts, and what its record costs: from the moment the second bad datapoint can
be read to the rollback's call, and how often the disk is waited for."""
import os
import re
import shutil
import statistics
import subprocess
from datetime import datetime

from harness import CELLDECK, SHORT, Fleet, wait_for

CANARY = "cell-2-us-west"
PUBLISH_DELAY_S = 0.1  # data/sim/default.yaml
PERIOD_S = 1


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def bad_rollout(fleet):
    """Its id, once the bad release has been rolled back."""
    done = fleet.start_and_wait("5.0.3", "--retry-failed")
    return done.stdout.split()[0]


def reaction_s(fleet, rollout):
    fails = [event for event in fleet.events(rollout, "gate") if event["data"]["verdict"] == "FAIL"]
    seen = max(seconds(point["at"]) for point in fails[0]["data"]["evidence"])
    calls = [seconds(call["at"]) for call in fleet.writes(CANARY)
             if call["action"] == "UpdateService" and seconds(call["at"]) > seen]
    return min(calls) - (seen + PERIOD_S + PUBLISH_DELAY_S)  # a datapoint has its period's start


def bench_reaction(say, rounds):
    took = []
    for _ in range(rounds):
        fleet = Fleet(SHORT)
        took.append(reaction_s(fleet, bad_rollout(fleet)))
        fleet.close()
    say("bad datapoint readable to rollback called", f"{statistics.median(took) * 1000:.0f} ms",
        f"<= {PERIOD_S * 1000 + 1000} ms", f"one poll of {PERIOD_S} s, and 1 s; at the most "
        f"{max(took) * 1000:.0f} ms of {rounds}")


def bench_fsync(say):
    """A conductor under strace, through a whole rollout; leases and locks are records too."""
    strace = shutil.which("strace")
    if not strace:
        say("fsyncs a record", "strace is missing")
        return
    fleet = Fleet(SHORT)
    trace = os.path.join(fleet.dir, "trace")
    conductor = subprocess.Popen([strace, "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace,
                                  CELLDECK, "conductor"], env=fleet.env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for("a conductor", lambda: os.path.exists(os.path.join(fleet.state_dir, "conductor.log")))
    bad_rollout(fleet)
    children = subprocess.run(["pgrep", "-P", str(conductor.pid)], capture_output=True, text=True,
                              check=False).stdout.split()
    for child in children:
        os.kill(int(child), 15)
    conductor.wait(timeout=60)
    with open(trace, encoding="utf-8", errors="replace") as file:
        synced = sum(1 for line in file if re.search(r"history\.db", line))
    by_conductor = fleet.database().execute(
        "SELECT count(*) FROM event WHERE actor LIKE 'conductor%'").fetchone()[0]
    fleet.close()
    say("fsyncs a record of the conductor's", f"{synced / by_conductor:.2f}", "1",
        f"{synced} of history.db, {by_conductor} records")
