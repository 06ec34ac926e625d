"""Journals of both stores, for as many processes as want one. SQLite: two processes on one file;
DynamoDB: two bastions with a state folder each on one table of dynalite."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from dynalite_table import Dynalite, Weather

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import ROOT, main, wait_for

PROGRAM = os.path.join(ROOT, "build", "san", "peers", "journal")
CONFIG = """
name: peers
aws: {region: us-east-1}
cells: {a: {class: dev, residency: US, endpoint: "http://127.0.0.1:1", max_users: 1, max_patients: 1}}
"""
_tables = iter(range(1, 1000))
_dynalite = None
STORIES = []


def dynalite():
    global _dynalite
    if not _dynalite:
        _dynalite = Dynalite()
    return _dynalite


class Journal:
    """A process that has a journal open."""

    def __init__(self, config, folder, endpoint, begin=()):
        env = dict(os.environ, AWS_ACCESS_KEY_ID="TEST", AWS_SECRET_ACCESS_KEY="test",
                   AWS_EC2_METADATA_DISABLED="true", AWS_ENDPOINT_URL_DYNAMODB=endpoint,
                   LSAN_OPTIONS=f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0")
        env.pop("AWS_PROFILE", None)
        self.process = subprocess.Popen([*begin, PROGRAM, config, folder], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.opened = json.loads(self.process.stdout.readline())

    def begin(self, do, **asked):
        self.process.stdin.write(json.dumps({"do": do, **asked}) + "\n")
        self.process.stdin.flush()

    def end(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, do, **asked):
        self.begin(do, **asked)
        return self.end()

    def append(self, stream, seq, event_id, data=None, **at):
        return self.ask("append", stream=stream, seq=seq, id=event_id, data=data or {"seq": seq},
                        **at)

    def head(self):
        return self.ask("head")["head"]

    def read(self, stream):
        return self.ask("read", stream=stream)["events"]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0, "it ended well, and the sanitizers were content"


class Shelf:
    """A journal of its own, for as many processes as want it."""

    def __init__(self, store):
        self.store = store
        self.dir = tempfile.mkdtemp(prefix="celldeck-journal-")
        self.config = os.path.join(self.dir, "celldeck.yaml")
        self.table = f"journal-{next(_tables)}"
        self.open_ones, self.weather = [], None
        more = ""
        if store == "dynamodb":
            more = f"journal: {{store: dynamodb, table: {self.table}}}\n"
            self.weather = Weather(dynalite().endpoint)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG + more)
        if store == "dynamodb":
            create(self.table)

    def folder(self, bastion=1):
        path = os.path.join(self.dir, f"bastion-{1 if self.store == 'sqlite' else bastion}")
        os.makedirs(path, exist_ok=True)
        return path

    def open(self, bastion=1):
        endpoint = self.weather.endpoint if self.weather else "http://127.0.0.1:1"
        self.open_ones.append(Journal(self.config, self.folder(bastion), endpoint))
        return self.open_ones[-1]

    def open_read_only(self):
        """One that may not write what is in its state folder."""
        user = [] if os.getuid() == 0 else ["--map-root-user"]
        script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
        begin = ["unshare", "--mount", *user, "sh", "-c", script, "sh", self.folder()]
        self.open_ones.append(Journal(self.config, self.folder(), self.weather.endpoint, begin))
        return self.open_ones[-1]

    def items(self):
        """Every item of the table, by stream and seq."""
        pages = dynalite().client.get_paginator("scan").paginate(TableName=self.table)
        return {(item["stream"]["S"], int(item["seq"]["N"])): item
                for page in pages for item in page["Items"]}

    def change(self, stream, seq, **changes):
        """What nobody may do: one event is changed where it is kept. None: it is taken out."""
        if self.store == "sqlite":
            base = sqlite3.connect(os.path.join(self.folder(), "history.db"), isolation_level=None)
            for column, value in changes.items():
                base.execute(f"UPDATE event SET {column} = ? WHERE stream = ? AND seq = ?",
                             (value, stream, seq))
            if not changes:
                base.execute("DELETE FROM event WHERE stream = ? AND seq = ?", (stream, seq))
            base.close()
            return
        item = self.items()[stream, seq]
        key = {"log": item["log"], "position": item["position"]}
        if not changes:
            dynalite().client.delete_item(TableName=self.table, Key=key)
            return
        for column, value in changes.items():
            kind = {int: "N", bytes: "B", str: "S"}[type(value)]
            item[column] = {kind: str(value) if kind == "N" else value}
        dynalite().client.put_item(TableName=self.table, Item=item)

    def close(self):
        for journal in self.open_ones:
            if not journal.process.stdin.closed:
                journal.close()
        if self.weather:
            self.weather.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def journal_table(table, *more):
    """What `celldeck journal table` prints."""
    return subprocess.run(
        [os.path.join(ROOT, "build", "san", "celldeck"), "journal", "table", "--table", table,
         *more], capture_output=True, text=True, check=True).stdout


def create(table):
    dynalite().create(**json.loads(journal_table(table, "--cli-input-json")))


def on(store, story):
    shelf = Shelf(store)
    try:
        story(shelf)
    finally:
        shelf.close()


def on_both(story):
    for store in ("sqlite", "dynamodb"):
        def told(where=store):
            on(where, story)
        told.__name__ = f"{store}: {story.__name__}"
        STORIES.append(told)


def on_dynamodb(story):
    def told():
        on("dynamodb", story)
    told.__name__ = f"dynamodb: {story.__name__}"
    STORIES.append(told)


def sees(journal, stream, count):
    return wait_for(f"{count} events of {stream}",
                    lambda: len(found := journal.read(stream)) == count and found)


def build():
    subprocess.run([os.path.join(ROOT, "tests", "built"), PROGRAM[len(ROOT) + 1:]], check=True)


def run():
    """Every story that was told with on_both() or on_dynamodb(), to the closing line."""
    build()
    try:
        main(*STORIES)
    finally:
        if _dynalite:
            _dynalite.close()
