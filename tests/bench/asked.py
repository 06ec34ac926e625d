"""The questions that one `celldeck status` asks, written down on their way to AWS, and the same
questions asked by others: by bare curl, all at once (the floor: no signature, no parsing, no
judgement, no page that waits for the page before), and by awscli, one after the other."""
import http.client
import http.server
import json
import os
import re
import socketserver
import subprocess
import threading

AWS = "/usr/bin/aws"
AT_ONCE = "300"  # the most that curl allows


class Recorder:
    """Between celldeck and the simulator: passes every POST on, and keeps it."""

    def __init__(self, endpoint):
        host = endpoint.split("//")[1]
        recorder = self
        self.questions = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name: value for name, value in self.headers.items()
                           if name.lower() in ("authorization", "content-type", "x-amz-target")}
                recorder.questions.append((headers, body))
                onward = http.client.HTTPConnection(host)
                onward.request("POST", self.path, body, headers)
                answer = onward.getresponse()
                text = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                onward.close()

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Asked:
    """What `celldeck status` asks of `fleet`: the calls to AWS, and each cell's /healthcheck."""

    def __init__(self, fleet):
        recorder = Recorder(fleet.endpoint)
        status = json.loads(fleet.run("status", "--json",
                                      env={"AWS_ENDPOINT_URL": recorder.endpoint}).stdout)
        recorder.close()
        self.fleet = fleet
        self.questions = [q for q in recorder.questions if b"GetCallerIdentity" not in q[1]]
        self.probes = [f"{fleet.endpoint}/cells/{cell['id']}/healthcheck"
                       for cell in status["cells"]]
        self.bytes = 0
        self.config = os.path.join(fleet.dir, "curl.config")
        self._write_config()

    def _body_path(self, i):
        return os.path.join(self.fleet.dir, f"question-{i}.json")

    def _write_config(self):
        asked = []
        for i, (headers, body) in enumerate(self.questions):
            with open(self._body_path(i), "wb") as file:
                file.write(body)
            lines = [f'header = "{name}: {value}"' for name, value in headers.items()]
            asked.append([f'url = "{self.fleet.endpoint}/"',
                          f'data-binary = "@{self._body_path(i)}"', *lines])
        asked += [[f'url = "{url}"'] for url in self.probes]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\nnext\n".join(
                "\n".join([*lines, 'output = "/dev/null"', r'write-out = "%{http_code} '
                           r'%{size_download}\n"']) for lines in asked))

    def by_curl(self):
        """The argv that asks all of it at once."""
        return ["curl", "--no-progress-meter", "-Z", "--parallel-immediate", "--parallel-max",
                AT_ONCE, "-K", self.config]

    def check_curl(self):
        """Runs it once to see that every question is answered; counts the answers' bytes."""
        said = subprocess.run(self.by_curl(), capture_output=True, text=True, check=True).stdout
        answers = [line.split() for line in said.splitlines()]
        wrong = [code for code, _ in answers if code != "200"]
        assert not wrong and len(answers) == len(self.questions) + len(self.probes), wrong[:5]
        self.bytes = sum(int(size) for _, size in answers)

    def by_awscli(self):
        """Asks the same with awscli, which pages by itself; it has no word for /healthcheck."""
        def aws(region, *args):
            subprocess.run([AWS, "--endpoint-url", self.fleet.endpoint, "--region", region, *args],
                           env=self.fleet.env, stdout=subprocess.DEVNULL, check=True)
        scanned = set()
        for i, (headers, body) in enumerate(self.questions):
            action = headers["X-Amz-Target"].rpartition(".")[2]
            region = re.search(r"Credential=[^/]+/\d+/([^/]+)/", headers["Authorization"])[1]
            asked = json.loads(body)
            if action == "GetMetricData" and "NextToken" not in asked:
                aws(region, "cloudwatch", "get-metric-data", "--cli-input-json",
                    f"file://{self._body_path(i)}")
            elif action in ("Scan", "DescribeAlarms") and (action, region) not in scanned:
                scanned.add((action, region))
                aws(region, *{"Scan": ["dynamodb", "scan", "--table-name", asked.get("TableName")],
                              "DescribeAlarms": ["cloudwatch", "describe-alarms"]}[action])
        subprocess.run(["curl", "--no-progress-meter", *(word for url in self.probes
                                                         for word in ("-o", "/dev/null", url))],
                       stdout=subprocess.DEVNULL, check=True)
