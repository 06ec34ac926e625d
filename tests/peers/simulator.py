"""The simulator, for those who ask it with clients that AWS's own people wrote: botocore and awscli
(Debian's). Each case gets a simulator of its own; waits are for conditions, never for a time.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from datetime import datetime, timedelta, timezone

import botocore.config
import botocore.exceptions
import botocore.session

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE_S = 60
QUICK = """
deploy_time: 300ms
dns_time: 300ms
releases:
  5.0.3: {bad: [{cells: [cell-2-us-west], error_rate: 40}, {cells: [cell-0-dev], dependency: redisInstances.cache}]}
  5.1.0: {bad: [{deploy: fail}]}
"""
os.environ.update(AWS_ACCESS_KEY_ID="AKIASIM", AWS_SECRET_ACCESS_KEY="secret", AWS_PAGER="",
                  AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/dev/null",
                  AWS_SHARED_CREDENTIALS_FILE="/dev/null")


class Sim:
    """celldeck-sim playing `scenario`; ends with the `with` block, and must end well."""

    def __init__(self, scenario=QUICK):
        self.dir = tempfile.TemporaryDirectory()
        path = os.path.join(self.dir.name, "scenario.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(scenario)
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "build/san/celldeck-sim"), "--until-eof", "--scenario", path,
             "--dir", self.dir.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.endpoint = self.ready["endpoint"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE_S)
        self.process.stdout.close()
        self.dir.cleanup()
        assert code == 0, f"celldeck-sim ended with {code}"

    def client(self, service, region="us-east-1", attempts=1, timeout=PATIENCE_S, keys=None):
        """`keys`: the Credentials of an AssumeRole."""
        config = botocore.config.Config(retries={"total_max_attempts": attempts},
                                        read_timeout=timeout, connect_timeout=timeout)
        return botocore.session.get_session().create_client(
            service, region_name=region, endpoint_url=self.endpoint, config=config,
            **({"aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"]} if keys else {}))

    def aws(self, *words, region="us-east-1"):
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.endpoint, "--region", region,
                               "--output", "json", *words], capture_output=True, text=True,
                              check=False, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def http(self, path, method="GET", body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.endpoint + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def fault(self, **fault):
        self.http("/sim/fault", "POST", fault)

    def deploy(self, cell, version, region, service="api"):
        """Registers the definition with another image, as a deployer does; returns its ARN."""
        ecs = self.client("ecs", region)
        now = ecs.describe_services(cluster=cell, services=[service])["services"][0]
        old = ecs.describe_task_definition(taskDefinition=now["taskDefinition"])["taskDefinition"]
        containers = old["containerDefinitions"]
        containers[0]["image"] = containers[0]["image"].rsplit(":", 1)[0] + ":" + version
        new = ecs.register_task_definition(
            family=old["family"], containerDefinitions=containers, networkMode=old["networkMode"],
            tags=[{"key": "celldeck:token", "value": "t1"}])["taskDefinition"]
        ecs.update_service(cluster=cell, service=service, taskDefinition=new["taskDefinitionArn"])
        return new["taskDefinitionArn"]


def until(what, condition):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"never came: {what}")


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["RequestId"]
        return error.response
    raise AssertionError(f"expected {code}, but it was answered")


def metric(cell, name, stat="Average", period=1, ident="m"):
    return {"Id": ident, "MetricStat": {
        "Metric": {"Namespace": "Medplum/Cells", "MetricName": name,
                   "Dimensions": [{"Name": "CellId", "Value": cell}]},
        "Period": period, "Stat": stat}}


def values(sim, cell, name, region, since_s=60, **more):
    now = datetime.now(timezone.utc)
    answer = sim.client("cloudwatch", region).get_metric_data(
        MetricDataQueries=[metric(cell, name, **more)], ScanBy="TimestampAscending",
        StartTime=now - timedelta(seconds=since_s), EndTime=now)
    result = answer["MetricDataResults"][0]
    return list(zip(result["Timestamps"], result["Values"]))


def main(tests):
    """Runs those whose names begin with test_ (of them, where there are words on the command line,
    those that have one in them), prints the closing line, and exits."""
    wanted = sys.argv[1:]
    passed = failed = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (wanted and not any(w in name for w in wanted)):
            continue
        try:
            test()
            passed += 1
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAILED {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
