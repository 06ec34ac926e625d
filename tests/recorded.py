"""Recordings for `celldeck gate replay`: cells with Poisson's noise and no other, by the minute, and
what came of replaying them. Seeds are fixed."""
import json
import math
import os
import random
import subprocess
import tempfile

from harness import CELLDECK

DEPLOYED_AT = 1_700_006_400
HEADER = "timestamp,cell,metric,value"


def poisson(dice, mean):
    if mean > 50:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    count, product, least = 0, dice.random(), math.exp(-mean)
    while product > least:
        count, product = count + 1, product * dice.random()
    return count


def well(dice, requests, error_pct):
    """A minute of a cell: {metric: value}."""
    came = poisson(dice, requests)
    errors = min(came, poisson(dice, came * error_pct / 100))
    return {"cell_health_status": 1, "cell_request_count": came,
            "cell_error_rate": 100 * errors / came if came else 0,
            "cell_cpu_utilization": 30 + dice.gauss(0, 1),
            "cell_latency_p95": 200 + dice.gauss(0, 8),
            "cell_db_connections": 80 + round(dice.gauss(0, 2)), "cell_active_users": 400}


def recorded(error_pct, cells=("cell-1", "cell-2", "cell-3"), requests=2000, past=120, minutes=60,
             seed=1):
    """Rows as (timestamp, cell, metric, value). `error_pct(cell, minute)`: minutes from the deploy."""
    dice, rows = random.Random(seed), []
    for minute in range(-past, minutes):
        for cell in cells:
            for metric, value in well(dice, requests, error_pct(cell, minute)).items():
                rows.append((DEPLOYED_AT + 60 * minute, cell, metric, f"{value:.10g}"))
    return rows


def csv(rows):
    return HEADER + "\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)


class Replay:
    """celldeck gate replay of `text`, to its end."""

    def __init__(self, text, *more, cell="cell-2", deployed_at=DEPLOYED_AT, bake="3600", env=None):
        with tempfile.TemporaryDirectory(prefix="celldeck-test-") as folder:
            self.path = os.path.join(folder, "recorded.csv")
            with open(self.path, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
            options = {"--cell": cell, "--deployed-at": deployed_at, "--bake": bake}
            argv = [CELLDECK, "gate", "replay", self.path, *more]
            for name, value in options.items():
                argv += [name, str(value)] if value is not None else []
            # no configuration is needed, and none is found
            env = dict(os.environ, CELLDECK_CONFIG="", HOME=folder, XDG_CONFIG_HOME=folder,
                       **(env or {}))
            self.done = subprocess.run(argv, env=env, cwd=folder, stdin=subprocess.DEVNULL,
                                       capture_output=True, text=True, timeout=300, check=False)
        self.code, self.stderr = self.done.returncode, self.done.stderr
        self.stdout = self.done.stdout

    @property
    def lines(self):
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def final(self):
        return self.lines[-1] if self.lines else {}

    @property
    def verdict(self):
        return self.final.get("verdict")

    @property
    def minutes(self):
        """After how many minutes that was said."""
        return (self.final["at"] - DEPLOYED_AT) / 60

    def gate(self, name):
        """What the last evaluation has of it."""
        return next(gate for gate in self.lines[-2]["gates"] if gate["name"] == name)

    def __repr__(self):
        return f"exit {self.code}: {self.stdout[-600:]} {self.stderr[-400:]}"
