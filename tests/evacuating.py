"""Fleets whose cells die, and what the world looks like while their tenants are moved: the
registry, the zone and what was written, as somebody sees them who is not celldeck."""
import json
import os
import re
import urllib.request

from harness import ROOT, Fleet, wait_for

TABLE = "cell-registry"
ZONE = "Z0CELLDECK"
DOMAIN = "medplum.test"
# What changes where a tenant lives.
MOVES = ("UpdateItem", "ChangeResourceRecordSets")
# Short, so that a suite can wait for it.
QUICK = """
dns_time: 300ms
celldeck:
  waves: []
  failover: {deadline: 3s}
  journal: {lease: 3s}
"""


def defaults(section):
    """What the simulator's own fleet has there, by name."""
    with open(os.path.join(ROOT, "data/sim/default.yaml"), encoding="utf-8") as file:
        lines = re.search(rf"^{section}:\n((?:(?:  .*)?\n)*)", file.read(), re.M).group(1)
    return re.findall(r"^  ([a-z0-9-]+):", lines, re.M)


def scenario(cells=None, tenants=None, more=QUICK):
    """The simulator's own fleet with other cells, or other tenants: {name: {key: value}}, and no
    others than these."""
    lines = []
    for section, given in (("cells", cells), ("tenants", tenants)):
        if given is None:
            continue
        named = {**{name: None for name in defaults(section) if name not in given}, **given}
        lines.append(f"{section}: {json.dumps(named)}")
    return "\n".join(lines) + more


class Evacuating(Fleet):
    """A fleet of which a cell is going to die."""

    def dies(self, cell):
        self.incident(cells=cell, health="x0")
        wait_for(f"{cell} is seen to be down", lambda: self.cell(cell)["health"] == "unhealthy")

    def cell(self, name):
        return next(cell for cell in self.json("status")["cells"] if cell["id"] == name)

    def until_plan(self, cell, words, *more):
        """Waits for the plan of a cell to say these words; returns it."""
        return wait_for(f"a plan of {cell} that says {words}", lambda: (
            plan := self.json("failover", "plan", cell, *more)) and words in json.dumps(
                plan, ensure_ascii=False) and plan)

    def dynamodb(self, action, **body):
        """A call of somebody who is not celldeck; the simulator reads only the scope."""
        request = urllib.request.Request(
            self.endpoint, method="POST", data=json.dumps(body).encode(), headers={
                "Authorization": "AWS4-HMAC-SHA256 Credential=SOMEBODY/20261124/us-east-1/dynamodb/"
                                 "aws4_request, SignedHeaders=host, Signature=0",
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"DynamoDB_20120810.{action}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def items(self):
        """{tenant: its item} of the registry."""
        page, found = {"TableName": TABLE, "ConsistentRead": True}, {}
        while True:
            answer = self.dynamodb("Scan", **page)
            found.update({item["tenantId"]["S"]: item for item in answer["Items"]})
            if "LastEvaluatedKey" not in answer:
                return found
            page["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def places(self):
        """{tenant: (cell, status)} of the registry."""
        return {tenant: (item["cellId"]["S"], item["status"]["S"])
                for tenant, item in self.items().items()}

    def zone(self, path, body=None):
        """A call of somebody who is not celldeck, to the zone; its answer's XML."""
        request = urllib.request.Request(
            f"{self.endpoint}/2013-04-01/hostedzone/{ZONE}/{path}", data=body, headers={
                "Authorization": "AWS4-HMAC-SHA256 Credential=SOMEBODY/20261124/us-east-1/route53/"
                                 "aws4_request, SignedHeaders=host, Signature=0"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def sets(self):
        """{name: the XML of its record sets} of the zone."""
        found = {}
        for one in re.findall("<ResourceRecordSet>.*?</ResourceRecordSet>",
                              self.zone("rrset?maxitems=300")):
            name = re.search(rf"<Name>([^<]*)\.{DOMAIN}\.</Name>", one).group(1)
            found[name] = found.get(name, "") + one
        return found

    def replace_record(self, name, *others):
        """In the place of the CNAME of that name: other sets, as the XML of what is in them."""
        whole = f"<ResourceRecordSet><Name>{name}.{DOMAIN}.</Name>"
        changes = [f"<Action>DELETE</Action>{self.sets()[name]}"]
        changes += [f"<Action>CREATE</Action>{whole}{other}</ResourceRecordSet>"
                    for other in others]
        self.zone("rrset/", "".join(
            ["<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>"]
            + [f"<Change>{change}</Change>" for change in changes]
            + ["</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"]).encode())

    def records(self):
        """{name: what its CNAME says} of the zone."""
        text = self.zone("rrset?maxitems=300")
        return {name: value.removesuffix(f".cells.{DOMAIN}") for name, value in re.findall(
            rf"<Name>([^<]*)\.{DOMAIN}\.</Name>.*?<Value>([^<]*)</Value>", text)}

    def moves(self):
        """The calls that change where a tenant lives, as far as they were taken."""
        return [call for call in self.writes()
                if call["action"] in MOVES and call["status"] == 200]

    def failover_status(self, operation):
        return self.json("failover", "status", operation)

    def until_failover(self, operation, *states):
        return wait_for(f"{operation} is {' or '.join(states)}", lambda: (
            found := self.failover_status(operation))["state"] in states and found)

    def carried_on(self, operation, done):
        """What it came to, where a machine too busy to read the fleet in time holds it for that."""
        def try_it():
            nonlocal done
            status = self.failover_status(operation)
            if (status["state"], status.get("code")) != ("held", "preflight"):
                return done
            done = self.run("failover", "resume", operation, "--yes", "--wait")
            return None
        return wait_for(f"{operation} is not held by a busy machine", try_it)

    def evacuate(self, cell, *acks):
        """Starts a failover and waits: what the command came to, and the operation's id."""
        words = [word for ack in acks for word in ("--ack", ack)]
        done = wait_for("a start that is not refused", lambda: (found := self.run(
            "failover", "start", cell, *words, "--yes", "--wait", "--reason", "it died"))
            and found.stdout and found)
        operation = done.stdout.split()[0]
        return self.carried_on(operation, done), operation

    def resume(self, operation):
        return self.carried_on(operation, self.run("failover", "resume", operation, "--yes", "--wait"))
