"""What reading a long record and many releases takes, beside sqlite3 and git on the same files."""
import os
import shlex
import statistics
import subprocess

from harness import CELLDECK, SHORT, Fleet
from reaction import bad_rollout

COMMITS = 10  # of a release
STATES = "CASE WHEN json_valid(s.data) THEN json_extract(s.data, '$.state') END"
ASKED = f"""
SELECT o.stream, o.at_ms, o.actor, json_extract(o.data, '$.subject'),
       (SELECT {STATES} FROM event s WHERE s.stream = o.stream AND {STATES} IS NOT NULL
        ORDER BY seq DESC LIMIT 1),
       (SELECT count(*) FROM event e WHERE e.stream = o.stream)
FROM event o WHERE o.seq = 1 AND o.type = 'opened' ORDER BY o.position DESC"""


def in_turn(rounds, measure, ours, theirs):
    """Medians of both, in milliseconds, taken in turn."""
    took = [(measure(ours)[0], measure(theirs)[0]) for _ in range(rounds)]
    return [statistics.median(column) * 1000 for column in zip(*took)]


def repeat(fleet, rollout, times):
    """The rollout's events once more, as if it had gone so many times."""
    with fleet.database() as base:
        base.execute("BEGIN")
        last = base.execute("SELECT max(position) FROM event").fetchone()[0]
        base.executemany(
            "INSERT INTO event SELECT 'r' || ?1, seq, position + ?1 * ?2, id || '-' || ?1, at_ms, "
            "actor, type, data, prev_hash, hash FROM event WHERE stream = ?3",
            [(number, last, rollout) for number in range(2, times + 1)])
        base.execute("COMMIT")
    base.close()


def bench_history(say, measure, rounds, rollouts):
    fleet = Fleet(SHORT)
    rollout = bad_rollout(fleet)
    repeat(fleet, rollout, rollouts)
    events = len(fleet.events(rollout))
    listed = len(fleet.json("history", "list")["operations"])
    assert listed == rollouts, listed
    base = os.path.join(fleet.state_dir, "history.db")
    for name, ours, theirs in (
            (f"history list, {rollouts} rollouts", ["list"], ASKED),
            (f"history show, one of {events} events", ["show", rollout],
             f"SELECT * FROM event WHERE stream = '{rollout}' ORDER BY seq")):
        took, least = in_turn(rounds, lambda argv: measure(argv, fleet.env),
                              [CELLDECK, "history", *ours, "--json"],
                              ["sqlite3", "-readonly", "-json", base, theirs])
        say(name, f"{took:.0f} ms", "",
            f"sqlite3, the same rows: {least:.0f} ms; celldeck takes {took / least:.1f} times that")
    fleet.close()


def add_releases(repo, releases):
    """So many older ones, every tenth with a migration."""
    lines = ["reset refs/heads/older", ""]
    for number in range(1, releases * COMMITS + 1):
        folder = "migrations" if number % (10 * COMMITS) == 0 else "fhir"
        lines += ["commit refs/heads/older", f"mark :{number}",
                  f"committer Ada <ada@example.com> {1500000000 + number * 3600} +0000",
                  "data <<.", f"change {number}", ".",
                  f"M 100644 inline packages/server/src/{folder}/file-{number % 200}.ts",
                  "data <<.", f"{number}", ".", ""]
        if number % COMMITS == 0:
            release = number // COMMITS
            lines += [f"reset refs/tags/v4.{release // 20}.{release % 20}", f"from :{number}", ""]
    subprocess.run(["git", "-C", repo, "fast-import", "--quiet"], check=True, text=True,
                   input="\n".join(lines) + "\ndone\n")


def bench_releases(say, measure, rounds, releases):
    fleet = Fleet()
    repo = os.path.join(fleet.dir, "medplum.git")
    add_releases(repo, releases)
    listed = fleet.json("releases")["releases"]
    assert len(listed) > releases, len(listed)
    tags = " ".join(shlex.quote(release["tag"]) for release in reversed(listed))
    by_git = (f"cd {shlex.quote(repo)} && for tag in {tags}; do "
              "git log -1 --format=%h,%ct,%s $tag; [ -z \"$older\" ] || "
              "{ git log --oneline $older..$tag; git diff --name-only $older $tag; }; "
              "older=$tag; done")
    took, least = in_turn(rounds, lambda argv: measure(argv, fleet.env),
                          [CELLDECK, "releases", "--json"], ["sh", "-c", by_git])
    say(f"releases, {len(listed)} with what each changes", f"{took:.0f} ms", "",
        f"git log and git diff of each: {least:.0f} ms, {least / took:.0f} times celldeck (which "
        "asks the cells, too)")
    fleet.close()
