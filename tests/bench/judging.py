"""What judging a canary takes: the judge alone, and a recorded bake with all gates."""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, CELLDECK
from recorded import DEPLOYED_AT, csv, recorded


def bench_judge(say):
    program = os.path.join(BUILD, "judge-bench")
    took = json.loads(subprocess.run([program], check=True, stdout=subprocess.PIPE).stdout)
    few, many = took["week_5_controls"], took["four_weeks_100_controls"]
    say("the judge alone, rows a second", f"{few['rows_per_s']:,}", "microseconds each",
        f"a week, 5 controls; {many['rows_per_s']:,} with 100 controls")
    say("memory of a bake of four weeks", f"{many['bytes'] / 1024:.0f} kB", "bounded",
        f"100 controls; {many['bytes_after_a_day'] / 1024:.0f} kB after a day")


def bench_replay(say, days):
    """A good release of `days`, with five controls; nobody stops it before its end."""
    cells = [f"cell-{i}" for i in range(6)]
    rows = recorded(lambda cell, minute: 0.3, cells=cells, past=240, minutes=days * 1440)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(csv(rows))
        file.flush()
        began = time.monotonic()
        done = subprocess.run([CELLDECK, "gate", "replay", file.name, "--cell", cells[0], "--deployed-at",
                               str(DEPLOYED_AT), "--bake", f"{days}d"], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        took = time.monotonic() - began
    evaluations = done.stdout.count(b"\n") - 1
    say(f"gate replay of {days} day{'s' * (days > 1)}", f"{took:.2f} s", "",
        f"{len(rows):,} rows, {evaluations:,} evaluations, 5 controls")
