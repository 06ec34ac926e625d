// Asks the simulator at argv[2] what celldeck asks AWS, with AWS's own clients. Prints one document: of
// each question, what came of it, or the name and the words of its refusal.
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ecs from "@aws-sdk/client-ecs";
import * as route53 from "@aws-sdk/client-route-53";
import * as sns from "@aws-sdk/client-sns";
import * as sts from "@aws-sdk/client-sts";

const how = {
  endpoint: process.argv[2], region: "us-east-1", maxAttempts: 1,
  credentials: { accessKeyId: "AKIASIM", secretAccessKey: "secret" },
};
const tables = new dynamodb.DynamoDBClient(how);
const metrics = new cloudwatch.CloudWatchClient({ ...how, region: "us-west-2" });
const services = new ecs.ECSClient(how);
const zones = new route53.Route53Client(how);
const topics = new sns.SNSClient(how);
const tokens = new sts.STSClient(how);
const HostedZoneId = "Z0CELLDECK", TableName = "cell-registry", cluster = "cell-0-dev";
const seen = {};

async function ask(name, question) {
  try {
    seen[name] = await question();
  } catch (error) {
    seen[name] = { refused: error.name, words: error.message };
  }
  return seen[name];
}

const scanned = await ask("scan", async () => {
  const items = [];
  let pages = 0;
  for await (const page of dynamodb.paginateScan({ client: tables }, { TableName, Limit: 7 })) {
    items.push(...page.Items);
    pages++;
  }
  return { items, pages };
});
const Key = { tenantId: scanned.items[0].tenantId };
const change = (from) => new dynamodb.UpdateItemCommand({
  TableName, Key, UpdateExpression: "SET cellId = :to", ConditionExpression: "cellId = :from",
  ExpressionAttributeValues: { ":from": { S: from }, ":to": { S: "cell-0-dev" } },
});
await ask("update of another", () => tables.send(change("nowhere")));
await ask("update", () => tables.send(change(scanned.items[0].cellId.S)));
await ask("get", () => tables.send(
  new dynamodb.GetItemCommand({ TableName, Key, ConsistentRead: true })));

const now = Date.now();
await ask("values", () => metrics.send(new cloudwatch.GetMetricDataCommand({
  StartTime: new Date(now - 60000), EndTime: new Date(now),
  MetricDataQueries: [{ Id: "errors", MetricStat: { Period: 1, Stat: "Average", Metric: {
    Namespace: "Medplum/Cells", MetricName: "cell_error_rate",
    Dimensions: [{ Name: "CellId", Value: "cell-2-us-west" }] } } }],
})));
await ask("alarms", () => metrics.send(new cloudwatch.DescribeAlarmsCommand({})));
await ask("heartbeat", () => metrics.send(new cloudwatch.PutMetricDataCommand({
  Namespace: "Celldeck", MetricData: [{ MetricName: "celldeck_conductor", Value: 1 }],
})));

const service = () => services.send(
  new ecs.DescribeServicesCommand({ cluster, services: ["api"] }));
const before = await ask("service", service);
const task = await ask("task", () => services.send(new ecs.DescribeTaskDefinitionCommand({
  taskDefinition: before.services[0].taskDefinition, include: ["TAGS"] })));
const { family, containerDefinitions } = task.taskDefinition;
const made = await ask("register", () => services.send(new ecs.RegisterTaskDefinitionCommand({
  family, containerDefinitions, tags: [{ key: "celldeck:token", value: "t1" }] })));
await ask("families", () => services.send(
  new ecs.ListTaskDefinitionsCommand({ familyPrefix: family })));
await ask("deploy", () => services.send(new ecs.UpdateServiceCommand({
  cluster, service: "api", taskDefinition: made.taskDefinition.taskDefinitionArn })));

const sets = await ask("records", () => zones.send(
  new route53.ListResourceRecordSetsCommand({ HostedZoneId })));
const record = sets.ResourceRecordSets.find((set) => set.Type === "CNAME");
const switched = (was) => new route53.ChangeResourceRecordSetsCommand({
  HostedZoneId, ChangeBatch: { Changes: [
    { Action: "DELETE", ResourceRecordSet: was },
    { Action: "CREATE", ResourceRecordSet: { ...record, TTL: 61 } }] } });
await ask("zone", () => zones.send(new route53.GetHostedZoneCommand({ Id: HostedZoneId })));
await ask("switch of another", () => zones.send(switched({ ...record, TTL: 7 })));
const begun = await ask("switch", () => zones.send(switched(record)));
await ask("change", () => zones.send(new route53.GetChangeCommand({ Id: begun.ChangeInfo.Id })));
await ask("answer", () => zones.send(new route53.TestDNSAnswerCommand({
  HostedZoneId, RecordName: record.Name, RecordType: "CNAME" })));

await ask("publish", () => topics.send(new sns.PublishCommand({
  TopicArn: "arn:aws:sns:us-east-1:123456789012:ops", Subject: "f1", Message: "naïve" })));
await ask("caller", () => tokens.send(new sts.GetCallerIdentityCommand({})));
await ask("role", () => tokens.send(new sts.AssumeRoleCommand({
  RoleArn: "arn:aws:iam::123456789012:role/ops", RoleSessionName: "celldeck" })));

console.log(JSON.stringify({ ...seen, record }));
