"""cell-1-us-east with four hospitals, who all fit into its replica, and commands that write down
that they ran: what is done to them step by step, and what an undisturbed failover has done.
"""
import json
import os

from evacuating import Evacuating
from harness import wait_for

# Batches of 1, 2 and 1.
SCENARIO = """
period: 1s
dns_time: 300ms
tenants:
  hospital-b: {{cell: cell-1-us-east, tier: ENTERPRISE, users: 400}}
  hospital-c: {{cell: cell-1-us-east, tier: ENTERPRISE, users: 300}}
  hospital-d: {{cell: cell-1-us-east, tier: ENTERPRISE, users: 200}}
tables: {{celldeck-journal: {{log: S, position: N}}}}
celldeck:
  journal: {journal}
  failover:
    deadline: {deadline}
    fence: {{command: {fence}}}
    promote: {{command: {promote}}}
{more}"""
SOURCE, TARGET = "cell-1-us-east", "cell-1-dr"
TENANTS = ["hospital-a", "hospital-b", "hospital-c", "hospital-d"]
MOVED = {tenant: (TARGET, "ACTIVE") for tenant in TENANTS}
# A journal of several bastions.
SHARED = "{store: dynamodb, table: celldeck-journal, lease: 3s}"
TYPES = ["fence.intent", "fence.done", "promote.intent", "promote.done", "registry.intent",
         "registry.done", "dns.read", "dns.intent", "dns.called", "dns.insync", "verified"]
BATCH = ["registry.intent mark", "registry.done mark", "dns.read", "dns.intent", "dns.called",
         "dns.insync", "registry.intent place", "registry.done place", "verified"]
# By batch; the commands are of none.
UNDISTURBED = {None: TYPES[:4], 1: BATCH, 2: BATCH, 3: BATCH}


def command(name, then=""):
    """argv in YAML: one that writes down that it ran, and for whom."""
    return json.dumps(["sh", "-c", 'echo "$0 $CELLDECK_CELL ${CELLDECK_TENANT:--}" >> '
                       '"$(dirname "$CELLDECK_CONFIG")/commands"; echo "$0 done"' + then, name])


class Hospitals(Evacuating):
    def __init__(self, deadline="120s", more="", journal="{lease: 3s}"):
        super().__init__(SCENARIO.format(deadline=deadline, journal=journal, more=more,
                                         fence=command("fence"), promote=command("promote")))

    def commands_run(self):
        """What ran, on which cell, for which tenant, in order."""
        with open(os.path.join(self.dir, "commands"), encoding="utf-8") as file:
            return [line.split() for line in file]

    def registry(self):
        """{tenant: (cell, status)} of the hospitals."""
        places = self.places()
        return {tenant: places[tenant] for tenant in TENANTS}

    def led(self):
        """{tenant: the cell its record leads to} of the hospitals."""
        records = self.records()
        return {tenant: records[tenant] for tenant in TENANTS}

    def all_moved(self):
        return self.registry() == MOVED and set(self.led().values()) == {TARGET}


# What follows is asked of a fleet as of one of its bastions.

def start(fleet, *words, **how):
    """Starts what moves tenants as soon as nothing is against it; returns its id."""
    wait_for(f"{SOURCE} may be evacuated",
             lambda: fleet.json("failover", "plan", SOURCE).get("ready"))

    def try_it():
        done = fleet.run(*words, "--reason", "a test", "--yes", **how)
        return done if done.returncode == 0 else None
    return wait_for("a start that is not refused", try_it).stdout.split()[0]


def evacuate(fleet, **how):
    return start(fleet, "failover", "start", SOURCE, **how)


def state(fleet, operation):
    return fleet.json("failover", "status", operation)["state"]


def conduct_on(fleet):
    return fleet.run("conductor", "--until-idle")


def story(fleet, operation):
    """What was done to whom, in order: the events of one batch are in one order, always."""
    steps = {}
    for event in fleet.events(operation, *TYPES):
        data = event["data"]
        steps.setdefault(data.get("batch"), []).append(
            event["type"] + (f" {data['step']}" if "step" in data else ""))
    return steps


def change_ids(fleet, operation):
    """Of the changes that Route 53 took, by the journal."""
    return [event["data"]["change"] for event in fleet.events(operation, "dns.called")]
