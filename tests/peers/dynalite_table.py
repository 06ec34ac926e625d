"""A DynamoDB that we did not write, dynalite, and what can go wrong on the way to it."""
import atexit
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import wait_for
from npm_shelf import install


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_dynalite():
    """It takes port 0 for 4567, so we choose one, and another where somebody was faster."""
    program = os.path.join(install("dynalite"), "node_modules", "dynalite", "cli.js")
    for _ in range(10):
        process = subprocess.Popen(
            ["node", program, "--host", "127.0.0.1", "--port", str(free_port()),
             "--createTableMs", "0", "--deleteTableMs", "0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = process.stdout.readline()
        if line:
            return process, line.split()[-1].strip()
        process.wait()
    raise AssertionError("dynalite does not start")


class Dynalite:
    def __init__(self):
        self.process, self.endpoint = start_dynalite()
        if not self.endpoint.startswith("http"):
            raise AssertionError(f"dynalite said {self.endpoint!r}")
        atexit.register(self.process.kill)
        self.client = botocore.session.Session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=self.endpoint,
            aws_access_key_id="TEST", aws_secret_access_key="test")

    def create(self, **definition):
        self.client.create_table(**definition)
        wait_for("the table is there", lambda: self.client.describe_table(
            TableName=definition["TableName"])["Table"]["TableStatus"] == "ACTIVE")

    def close(self):
        self.process.kill()
        self.process.wait()


class Weather:
    """A proxy on loopback before an endpoint. What `strike` orders happens to calls of an action:

    lost      the call is done, and the connection ends without an answer
    reset     the connection ends, and nothing is done
    hang      nothing is done, and no answer comes until `clear`
    late      the same, and on `clear` the call is done after all
    throttle  it is refused as DynamoDB refuses what is too much"""

    def __init__(self, endpoint):
        self.host = urllib.parse.urlsplit(endpoint).netloc
        self.orders, self.struck, self.done = [], [], []
        self.lock, self.cleared = threading.Lock(), threading.Event()
        weather = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                weather.serve(self, body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def strike(self, kind, action, times=1):
        with self.lock:
            self.cleared.clear()
            self.orders.append([kind, action, times])

    def clear(self):
        with self.lock:
            self.orders.clear()
            self.cleared.set()

    def close(self):
        self.clear()
        self.server.shutdown()
        self.server.server_close()

    def kind_for(self, action):
        with self.lock:
            for order in self.orders:
                if order[1] in (action, None) and order[2] > 0:
                    order[2] -= 1
                    self.struck.append((order[0], action))
                    return order[0]
        return None

    def forward(self, handler, body):
        link = http.client.HTTPConnection(self.host, timeout=60)
        headers = {name: value for name, value in handler.headers.items()
                   if name.lower() not in ("connection", "accept-encoding")}
        link.request("POST", handler.path, body, headers)
        answer = link.getresponse()
        found = answer.status, answer.read()
        link.close()
        with self.lock:
            self.done.append((handler.headers["X-Amz-Target"].split(".")[1], found[0]))
        return found

    def serve(self, handler, body):
        kind = self.kind_for(handler.headers["X-Amz-Target"].split(".")[1])
        if kind in ("hang", "late"):
            self.cleared.wait()
        if kind in ("lost", "late"):
            self.forward(handler, body)
        if kind == "throttle":
            status, text = 400, json.dumps({
                "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                "message": "The level of configured provisioned throughput for the table was "
                           "exceeded."}).encode()
        elif kind:
            handler.close_connection = True
            return
        else:
            status, text = self.forward(handler, body)
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/x-amz-json-1.0")
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)
        except OSError:  # whoever asked has gone
            handler.close_connection = True
