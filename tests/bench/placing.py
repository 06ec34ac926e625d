"""What planning everybody's evacuation takes, and how full the packing is."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD


def bench_placement(say, cells, tenants):
    program = os.path.join(BUILD, "placement-bench")
    took = json.loads(subprocess.run([program, str(cells), str(tenants)], check=True,
                                     stdout=subprocess.PIPE).stdout)
    for name in ("at_ease", "crowded", "full"):
        fleet = took[name]
        say(f"evacuation plans, a fleet {name.replace('_', ' ')}", f"{fleet['all_ms']:.0f} ms",
            "<< 1 s", f"{fleet['cells']} cells, {fleet['tenants']:,} tenants, {fleet['placed']:,} "
            "have a place")
        say("  nothing changed since; one cell alone",
            f"{fleet['again_ms']:.2f} ms; {fleet['one_ms']:.1f} ms")
        say("  all moves of a tenant; a place for a new one",
            f"{fleet['moves_ms']:.0f} ms; {fleet['place_ms']:.0f} ms")
    small = took["small"]
    say("small fleets, tenants that have a place", f"{small['placed']:,}", f"{small['best']:,}",
        f"the best of every packing there is, {small['fleets']:,} fleets; {small['ms']:.0f} ms")
    for name in ("tight_30", "tight_400"):
        tight = took[name]
        say(f"tight packings of {tight['items']} tenants", f"{tight['placed']:,} placed", "",
            f"{tight['bound']:,} by room alone, whoever may go where; {tight['ms_each']:.1f} ms each")
