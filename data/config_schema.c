#include "data/config_schema.h"

#include "data/config_words.h"

/* A key, the member that it fills, what it is, and whatever else schema.h has for it. */
#define KEY(key, what, type, member, text, ...)                                                    \
    {                                                                                              \
        .name = key, .kind = SCHEMA_##what, .offset = offsetof(struct type, member), .doc = text,  \
        __VA_ARGS__                                                                                \
    }
#define SECTION(key, at, text, schema)                                                             \
    {                                                                                              \
        .name = (key), .kind = SCHEMA_SECTION, .offset = (at), .doc = (text), .of = (schema)       \
    }

static const struct schema_key aws_keys[] = {
    KEY("region", TEXT, config, aws_region, "where AWS is asked", .check = word_region),
    KEY("profile", TEXT, config, aws_profile, "a profile of ~/.aws/config"),
    KEY("max_usd_per_hour", NUMBER, config, aws_max_usd_per_hour, "the ceiling of polling's cost",
        .positive = true),
    {0}};
static const struct schema aws_schema = {.keys = aws_keys};

static const struct schema_key registry_keys[] = {
    KEY("table", TEXT, config, registry_table, "the DynamoDB table of tenants",
        .fallback = "cell-registry", .check = word_table),
    KEY("region", TEXT, config, registry_region, "the table's region; aws.region else",
        .check = word_region),
    {0}};
static const struct schema registry_schema = {.keys = registry_keys};

static const char *const no_data[] = {"hold", "fail", "ignore", NULL};
static const char *const no_data_of[] = {"hold", "fail", "ignore", "default", NULL};
static const char *const directions[] = {"increase", "decrease", NULL};
static const struct schema_key own_metric_keys[] = {
    KEY("unit", TEXT, own_metric, unit, "for people", .fallback = ""),
    KEY("stat", TEXT, own_metric, stat, "of a period", .fallback = "Average", .check = word_stat),
    KEY("direction", EITHER, own_metric, falls, "which way is worse", .fallback = "increase",
        .choices = directions),
    KEY("min_change", NUMBER, own_metric, min_change, "that is worth a rollback", .fallback = "0"),
    KEY("no_data", CHOICE, own_metric, no_data, "without data", .fallback = "default",
        .choices = no_data_of),
    {0}};
static const struct schema_key own_metric_name =
    KEY("metric", TEXT, own_metric, name, "its name in CloudWatch", .check = word_own_metric);
static const struct schema own_metric_schema = {own_metric_keys, sizeof(struct own_metric),
                                                .id = &own_metric_name};

static const char *const rate_units[] = {"percent", "fraction", NULL};
static const struct schema_key metrics_keys[] = {
    KEY("namespace", TEXT, metrics_config, namespace, "CloudWatch's", .fallback = "Medplum/Cells",
        .check = word_any),
    KEY("dimension", TEXT, metrics_config, dimension, "that names the cell", .fallback = "CellId",
        .check = word_any),
    KEY("period", DURATION, metrics_config, period_ms, "between two values", .fallback = "60s",
        .positive = true),
    KEY("settle", DURATION, metrics_config, settle_ms, "until a period's value is final"),
    KEY("error_rate_unit", CHOICE, metrics_config, error_rate_unit, "of cell_error_rate",
        .fallback = "percent", .choices = rate_units),
    KEY("own", MAP, metrics_config, own, "metrics of your own: name: {unit: ..., stat: ...}",
        .of = &own_metric_schema),
    {0}};
const struct schema config_metrics_schema = {.keys = metrics_keys};

static const char *const classes[] = {"dev", "shared", "dedicated", "dr", NULL};
static const char *const closed_or_open[] = {"closed", "open", NULL};
static const struct schema_key cell_keys[] = {
    KEY("class", CHOICE, cell_config, class, "dev, shared, dedicated or dr", .required = true,
        .choices = classes),
    KEY("region", TEXT, cell_config, region, "its AWS region; aws.region else",
        .check = word_region),
    KEY("residency", TEXT, cell_config, residency,
        "where its tenants' data may lie, such as US or EU", .required = true, .check = word_any),
    KEY("endpoint", TEXT, cell_config, endpoint, "its URL, such as https://cell0.example.com",
        .required = true, .check = word_endpoint),
    KEY("dns_name", TEXT, cell_config, dns_name, "what tenants' CNAMEs point to",
        .check = word_host),
    KEY("account", TEXT, cell_config, account, "its AWS account", .check = word_account),
    KEY("role_arn", TEXT, cell_config, role_arn, "the role that reaches it", .check = word_arn),
    KEY("max_users", COUNT, cell_config, max_users, "how many users it may hold", .positive = true),
    KEY("max_patients", COUNT, cell_config, max_patients, "how many patients it may hold",
        .positive = true),
    KEY("backups", TEXTS, cell_config, backups, "cells that may take its tenants"),
    KEY("stands_by_for", TEXT, cell_config, stands_by_for, "a dr cell's primary"),
    KEY("sla", PERCENT, cell_config, sla_pct, "promised availability", .fallback = "99.9%",
        .positive = true),
    KEY("cost_per_month", NUMBER, cell_config, cost_per_month, "in USD"),
    KEY("rpo", DURATION, cell_config, rpo_ms, "how much data its replica may lack"),
    KEY("replica_lag_metric", TEXT, cell_config, replica_lag_metric, "of CloudWatch",
        .check = word_any),
    KEY("rollback_window", EITHER, cell_config, rollback_window_open,
        "closed once one-way migrations have run", .fallback = "open", .choices = closed_or_open),
    KEY("labels", TEXT_MAP, cell_config, labels, "your own"),
    {0}};
static const struct schema_key cell_id =
    KEY("cell id", TEXT, cell_config, id, "the cell's name", .check = word_id);
static const struct schema cell_schema = {cell_keys, sizeof(struct cell_config), .id = &cell_id};

static const char *const minor[] = {"none", "minor", NULL};
static const struct schema_key releases_keys[] = {
    KEY("repo", TEXT, releases_config, repo, "a git repository on this machine", .check = word_any),
    KEY("tags", TEXT, releases_config, tags, "a glob", .fallback = "v*", .check = word_any),
    KEY("migrations", TEXTS, releases_config, migrations, "path globs", .check = word_any),
    KEY("no_skip", EITHER, releases_config, no_skip_minor, "versions that go one by one",
        .fallback = "none", .choices = minor),
    {0}};
static const struct schema releases_schema = {.keys = releases_keys};

static const struct schema_key image_key =
    KEY("image", TEXT, ecs_service_config, image, "with {version}", .check = word_image);
static const struct schema_key service_id =
    KEY("service", TEXT, ecs_service_config, service, "its name", .check = word_any);
static const struct schema service_schema = {NULL, sizeof(struct ecs_service_config),
                                             .id = &service_id, .value = &image_key};
static const struct schema_key ecs_keys[] = {
    KEY("cluster", TEXT, deploy_config, ecs_cluster, "the cell's cluster", .fallback = "{cell}",
        .check = word_any),
    KEY("services", MAP, deploy_config, ecs_services, "service: image:{version}", .required = true,
        .of = &service_schema),
    KEY("poll", DURATION, deploy_config, ecs_poll_ms, "between two looks at ECS", .fallback = "10s",
        .positive = true),
    {0}};
static const struct schema ecs_schema = {.keys = ecs_keys};

static const struct schema_key git_keys[] = {
    KEY("repo", TEXT, deploy_config, git_repo, "where to push", .required = true,
        .check = word_any),
    KEY("branch", TEXT, deploy_config, git_branch, "to push to", .fallback = "main",
        .check = word_any),
    KEY("file", TEXT, deploy_config, git_file, "that holds a cell's version, with {cell}",
        .required = true, .check = word_with_cell),
    KEY("key", TEXT, deploy_config, git_key, "of the version in it", .fallback = "version",
        .check = word_any),
    {0}};
static const struct schema git_schema = {.keys = git_keys};

static const struct schema_key exec_keys[] = {
    KEY("command", TEXTS, deploy_config, exec_command, "the command and its arguments",
        .required = true),
    KEY("current", TEXTS, deploy_config, exec_current, "prints the version that runs"),
    KEY("timeout", DURATION, deploy_config, exec_timeout_ms, "its deadline", .fallback = "30m",
        .positive = true),
    {0}};
static const struct schema exec_schema = {.keys = exec_keys};

static const char *const drivers[] = {"none", "ecs", "git", "exec", NULL};
static const struct schema_key deploy_keys[] = {
    KEY("driver", CHOICE, deploy_config, driver, "ecs, git or exec", .fallback = "none",
        .required = true, .choices = drivers),
    SECTION("ecs", 0, "Amazon ECS", &ecs_schema),
    SECTION("git", 0, "a version in a file of a repository", &git_schema),
    SECTION("exec", 0, "your own command", &exec_schema),
    {0}};
const struct schema config_deploy_schema = {.keys = deploy_keys};

static const struct schema_key own_limit_value =
    KEY("limit", NUMBER, own_limit, limit, "in the metric's unit");
static const struct schema_key own_limit_metric =
    KEY("metric", TEXT, own_limit, metric, "one of metrics.own");
static const struct schema own_limit_schema = {NULL, sizeof(struct own_limit),
                                               .id = &own_limit_metric, .value = &own_limit_value};
static const struct schema_key limits_keys[] = {
    KEY("error_rate", PERCENT, gates_config, max_error_rate_pct, "of requests", .fallback = "5%"),
    KEY("used", PERCENT, gates_config, max_used_pct, "of a cell's users", .fallback = "90%",
        .positive = true),
    KEY("own", MAP, gates_config, own_limits, "of metrics.own: name: limit",
        .of = &own_limit_schema),
    {0}};
static const struct schema limits_schema = {.keys = limits_keys};

#define NO_DATA_OF(member)                                                                         \
    KEY("no_data", CHOICE, gates_config, member, "without data", .fallback = "default",            \
        .choices = no_data_of)
static const struct schema_key probe_keys[] = {NO_DATA_OF(probe_no_data), {0}};
static const struct schema probe_schema = {.keys = probe_keys};
static const struct schema_key data_keys[] = {NO_DATA_OF(data_no_data), {0}};
static const struct schema data_schema = {.keys = data_keys};
static const struct schema_key traffic_keys[] = {NO_DATA_OF(traffic_no_data), {0}};
static const struct schema traffic_schema = {.keys = traffic_keys};

static const struct schema_key controls_keys[] = {
    KEY("class", TEXTS, controls_config, classes, "of these classes", .check = word_control_class),
    KEY("labels", TEXT_MAP, controls_config, labels, "that have all these labels"),
    KEY("cells", TEXTS, controls_config, cells, "of these cells"),
    KEY("exclude", TEXTS, controls_config, exclude, "cells left out"),
    {0}};
static const struct schema controls_schema = {.keys = controls_keys};

static const struct schema_key alarms_keys[] = {
    KEY("names", TEXTS, gates_config, alarm_names, "alarms", .check = word_any),
    KEY("prefixes", TEXTS, gates_config, alarm_prefixes, "of alarms' names", .fallback = "{cell}",
        .check = word_any),
    NO_DATA_OF(alarms_no_data),
    {0}};
static const struct schema alarms_schema = {.keys = alarms_keys};

static const struct schema_key regression_keys[] = {
    KEY("metrics", TEXTS, gates_config, regression_metrics, "that are compared",
        .fallback = "error_rate latency cpu connections", .check = word_any),
    KEY("max_ratio", NUMBER, gates_config, max_ratio, "of now over what was to be expected",
        .fallback = "1.3", .check = word_ratio),
    KEY("min_events", COUNT, gates_config, min_events, "errors", .fallback = "10"),
    KEY("evidence", NUMBER, gates_config, evidence, "odds against chance", .fallback = "100",
        .check = word_odds),
    {0}};
static const struct schema regression_schema = {.keys = regression_keys};

static const struct schema_key slo_keys[] = {
    KEY("fast", NUMBER, gates_config, slo_fast, "times the budget's rate, over 1 h and 5 m",
        .fallback = "14.4"),
    KEY("slow", NUMBER, gates_config, slo_slow, "times the budget's rate, over 6 h and 30 m",
        .fallback = "6"),
    KEY("min_events", COUNT, gates_config, slo_min_events, "errors", .fallback = "10"),
    {0}};
static const struct schema slo_schema = {.keys = slo_keys};

static const struct schema_key gates_keys[] = {
    KEY("off", TEXTS, gates_config, off, "gates that are not asked", .check = word_gate_off),
    KEY("warmup", DURATION, gates_config, warmup_ms, "forgiven after a deploy", .fallback = "3m"),
    KEY("min_requests", COUNT, gates_config, min_requests, "over the bake", .fallback = "300"),
    KEY("no_data", CHOICE, gates_config, no_data, "without data", .fallback = "hold",
        .choices = no_data),
    KEY("deadline", DURATION, gates_config, deadline_ms, "past the bake", .fallback = "15m",
        .positive = true),
    SECTION("limits", 0, "absolute", &limits_schema),
    SECTION("regression", 0, "against the past and the controls", &regression_schema),
    SECTION("slo", 0, "burn rate of the error budget", &slo_schema),
    SECTION("alarms", 0, "of CloudWatch", &alarms_schema),
    SECTION("probe", 0, "of /healthcheck", &probe_schema),
    SECTION("data", 0, "of health and errors", &data_schema),
    SECTION("traffic", 0, "of requests", &traffic_schema),
    SECTION("controls", offsetof(struct gates_config, controls), "what a cell is compared with",
            &controls_schema),
    {0}};
const struct schema config_gates_schema = {.keys = gates_keys};

static const struct schema_key approval_keys[] = {
    KEY("by", INT, wave_config, approvals, "how many people", .fallback = "0"),
    KEY("not_requester", BOOL, wave_config, approver_not_requester, "somebody else",
        .fallback = "false"),
    KEY("expires", DURATION, wave_config, approval_expires_ms, "an approval's life",
        .fallback = "24h", .positive = true),
    {0}};
static const struct schema approval_schema = {.keys = approval_keys};

static const char *const hold_or_pass[] = {"hold", "pass", NULL};
static const char *const wave_orders[] = {"users", "listed", NULL};
static const char *const on_fail[] = {"rollback_cell", "rollback_wave", "rollback_all", NULL};
static const struct schema_key wave_keys[] = {
    KEY("name", TEXT, wave_config, name, "the wave's name", .required = true, .check = word_any),
    KEY("class", CHOICE, wave_config, class, "the class of its cells", .choices = classes),
    KEY("labels", TEXT_MAP, wave_config, labels, "that its cells have, all of them"),
    KEY("cells", TEXTS, wave_config, cells, "its cells by name"),
    KEY("order", CHOICE, wave_config, order, "which cell comes first", .fallback = "users",
        .choices = wave_orders),
    KEY("exclude", TEXTS, wave_config, exclude, "cells left out"),
    KEY("bake", DURATION, wave_config, bake_ms,
        "how long a cell runs the new version under its gates, such as 24h", .required = true,
        .positive = true),
    KEY("max_in_flight", INT, wave_config, max_in_flight, "cells at a time", .fallback = "1",
        .positive = true),
    KEY("max_failed", INT, wave_config, max_failed, "failed cells it may end with",
        .fallback = "0"),
    KEY("low_traffic", EITHER, wave_config, low_traffic_pass, "too few requests",
        .fallback = "hold", .choices = hold_or_pass),
    KEY("production", BOOL, wave_config, production, "the first wave may have production tenants",
        .fallback = "false"),
    SECTION("approval", 0, "who must agree", &approval_schema),
    KEY("window", TEXT, wave_config, window, "when it may start", .check = word_window),
    KEY("on_fail", CHOICE, wave_config, on_fail, "what goes back", .fallback = "rollback_cell",
        .choices = on_fail),
    SECTION("gates", offsetof(struct wave_config, gates), "where they differ from the file's",
            &config_gates_schema),
    {0}};
const struct schema config_wave_schema = {.keys = wave_keys, .size = sizeof(struct wave_config)};

static const struct schema_key freeze_keys[] = {
    KEY("from", TEXT, freeze_config, from, "its first day", .required = true, .check = word_day),
    KEY("to", TEXT, freeze_config, to, "its last day", .required = true, .check = word_day),
    KEY("zone", TEXT, freeze_config, zone, "the days' time zone", .fallback = "UTC",
        .check = word_zone),
    KEY("reason", TEXT, freeze_config, reason, "what people are told", .check = word_any),
    KEY("waves", TEXTS, freeze_config, waves, "the waves it holds for; all else"),
    {0}};
const struct schema config_freeze_schema = {.keys = freeze_keys,
                                            .size = sizeof(struct freeze_config)};

static const struct schema_key command_keys[] = {
    KEY("command", TEXTS, own_command, argv, "the command and its arguments", .required = true),
    KEY("timeout", DURATION, own_command, timeout_ms, "its deadline", .fallback = "10m",
        .positive = true),
    {0}};
static const struct schema command_schema = {.keys = command_keys};

static const struct schema_key failover_keys[] = {
    KEY("zone_id", TEXT, failover_config, zone_id, "Route 53's", .check = word_any),
    KEY("record", TEXT, failover_config, record, "a tenant's name", .check = word_record),
    KEY("ttl", SECONDS, failover_config, ttl_ms, "of the records", .fallback = "60s",
        .positive = true),
    KEY("max_used", PERCENT, failover_config, max_used_pct, "of a target's users",
        .fallback = "90%", .positive = true),
    KEY("check_url", TEXT, failover_config, check_url, "that verifies a tenant",
        .check = word_url_pattern, .fallback = "https://{record}/healthcheck"),
    KEY("resolver", TEXT, failover_config, resolver,
        "the DNS server to ask, such as 10.0.0.2 or 10.0.0.2:53", .check = word_address),
    KEY("rto", DURATION, failover_config, rto_ms, "how soon all of it should be done",
        .positive = true),
    KEY("deadline", DURATION, failover_config, deadline_ms,
        "how long a step may stand still before a person is called", .fallback = "5m",
        .positive = true),
    SECTION("fence", offsetof(struct failover_config, fence), "stops writes", &command_schema),
    SECTION("promote", offsetof(struct failover_config, promote), "makes a replica writable",
            &command_schema),
    {0}};
static const struct schema failover_schema = {.keys = failover_keys};

static const struct schema_key heartbeat_keys[] = {
    KEY("namespace", TEXT, heartbeat_config, namespace, "CloudWatch's, such as Celldeck",
        .required = true, .check = word_namespace),
    KEY("metric", TEXT, heartbeat_config, metric, "its name", .fallback = "celldeck_conductor",
        .check = word_any),
    KEY("every", DURATION, heartbeat_config, every_ms, "how often", .fallback = "60s",
        .positive = true),
    {0}};
static const struct schema heartbeat_schema = {.keys = heartbeat_keys};

static const struct schema_key notify_keys[] = {
    KEY("sns_topic", TEXT, config, sns_topic, "an ARN", .check = word_arn),
    KEY("command", TEXTS, config, notify_command, "the command and its arguments"),
    SECTION("heartbeat", offsetof(struct config, heartbeat), "that the conductor sends",
            &heartbeat_schema),
    {0}};
static const struct schema notify_schema = {.keys = notify_keys};

static const struct schema_key journal_keys[] = {
    KEY("store", TEXT, config, journal_store, "sqlite or dynamodb", .fallback = "sqlite",
        .check = word_store),
    KEY("path", TEXT, config, journal_path, "the state folder", .check = word_any),
    KEY("host", TEXT, config, journal_host, "the one that may act", .check = word_any),
    KEY("table", TEXT, config, journal_table, "the DynamoDB table", .check = word_table),
    KEY("region", TEXT, config, journal_region, "where that table is", .check = word_region),
    KEY("lease", DURATION, config, lease_ms, "of an operation's holder", .fallback = "30s",
        .positive = true),
    {0}};
static const struct schema journal_schema = {.keys = journal_keys};

static const struct schema_key config_keys[] = {
    KEY("name", TEXT, config, name, "the fleet's name", .required = true, .check = word_any),
    KEY("accent", TEXT, config, accent, "the colour of its name on screen", .check = word_accent),
    SECTION("aws", 0, "Amazon", &aws_schema),
    SECTION("registry", 0, "the tenants", &registry_schema),
    SECTION("metrics", offsetof(struct config, metrics), "CloudWatch", &config_metrics_schema),
    KEY("cells", MAP, config, cells, "the fleet: cell: {class: ..., endpoint: ...}",
        .required = true, .of = &cell_schema),
    SECTION("releases", offsetof(struct config, releases), "git tags", &releases_schema),
    SECTION("deploy", offsetof(struct config, deploy), "how a version gets in",
            &config_deploy_schema),
    KEY("waves", LIST, config, waves, "the order", .of = &config_wave_schema),
    KEY("freezes", LIST, config, freezes, "when nothing goes forward", .of = &config_freeze_schema),
    SECTION("gates", offsetof(struct config, gates), "health gates", &config_gates_schema),
    SECTION("failover", offsetof(struct config, failover), "DNS", &failover_schema),
    SECTION("notify", 0, "who is told", &notify_schema),
    SECTION("journal", 0, "the record", &journal_schema),
    SECTION("move", offsetof(struct config, move), "tenant moves", &command_schema),
    {0}};
const struct schema config_schema = {.keys = config_keys, .size = sizeof(struct config)};
