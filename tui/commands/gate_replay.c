/* `celldeck gate replay FILE.csv`: the gates over what was recorded, as JSON lines. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/replay.h"
#include "tui/commands/gate.h"

#include <string.h>

const GOptionEntry gate_replay_options[] = {
    {"cell", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, cell),
     "The cell that was deployed to; every other one of the file is a control", "CELL"},
    {"deployed-at", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, deployed_at),
     "When it was: seconds since 1970, or RFC 3339", "EPOCH"},
    {"bake", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, bake),
     "How long it bakes: seconds, or such as 24h", "SECONDS"},
    {"period", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, period),
     "Between two values (60)", "SECONDS"},
    {"rollout", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, rollout),
     "Instead of a file: the bakes of this rollout, by today's policy", "ID"},
    {0}};

/* No recording is longer: CloudWatch keeps nothing for longer than 455 days (data/past.h). */
#define MOST_SPAN_MS (455 * WHEN_DAY)

/* "3600" is seconds; "1h" is what celldeck.yaml takes. */
static bool parse_span(const char *text, gint64 *ms)
{
    guint64 seconds;
    if (g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &seconds, NULL))
        *ms = (gint64)seconds * WHEN_SECOND;
    else if (!duration_parse(text, ms))
        return false;
    return *ms > 0 && *ms <= MOST_SPAN_MS;
}

static bool parse_moment(const char *text, gint64 *ms)
{
    guint64 seconds;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64 / 1000000, &seconds, NULL))
        return when_parse(text, ms);
    *ms = (gint64)seconds * WHEN_SECOND;
    return true;
}

static bool read_options(const struct gate_options *given, struct replay *replay, GError **error)
{
    replay->period_ms = WHEN_MINUTE;
    replay->cell = given->cell;
    if (!given->cell)
        return gate_wrong_option(error, "--cell", NULL, "a cell of the file");
    if (!given->deployed_at || !parse_moment(given->deployed_at, &replay->deployed_at_ms))
        return gate_wrong_option(error, "--deployed-at", given->deployed_at,
                                 "seconds since 1970, or a moment such as 2026-11-24T14:05:00Z");
    if (!given->bake || !parse_span(given->bake, &replay->bake_ms))
        return gate_wrong_option(error, "--bake", given->bake,
                                 "seconds, or a duration such as 24h, of 455d at most");
    if (given->period && !parse_span(given->period, &replay->period_ms))
        return gate_wrong_option(error, "--period", given->period,
                                 "seconds, or a duration such as 1m");
    return true;
}

/* -c FILE: that file's; else the defaults: a replay needs no fleet. */
static bool read_gates(struct context *context, struct gates_config *gates, GError **error)
{
    gates_config_default(gates);
    if (!context->config_path || context_open_config(context, error))
        return true;
    gates_config_clear(gates);
    return false;
}

/* A cell that no celldeck.yaml has promises what is usual. */
#define USUAL_SLA_PCT 99.9

/* As that file has the cell, where it does. */
static void take_config(struct replay *replay, const struct config *config)
{
    const struct cell_config *known = config_cell(config, replay->cell);
    const struct wave_config *wave = known ? config_wave_of(config, known) : NULL;
    replay->config = config;
    replay->known = known;
    replay->policy = known ? config_gates_of(config, known) : &config->gates;
    replay->low_traffic_pass = wave && wave->low_traffic_pass;
    replay->dr = known && known->class == CLASS_DR;
}

static json_t *gates_json(const struct gate_result *results)
{
    json_t *gates = json_array();
    for (size_t i = 0; i < GATE_COUNT; i++)
        if (i != GATE_ALARMS && i != GATE_PROBE)
            json_array_append_new(gates,
                                  json_pack("{s:s, s:s, s:s, s:O}", "name", gate_name((enum gate)i),
                                            "verdict", verdict_name(results[i].verdict), "reason",
                                            results[i].reason, "evidence", results[i].evidence));
    return gates;
}

static void print_evaluation(gint64 at_ms, const struct gate_result *results, enum verdict verdict,
                             gpointer data)
{
    (void)data;
    json_t *line = json_pack("{s:I, s:s, s:o}", "at", (json_int_t)(at_ms / WHEN_SECOND), "verdict",
                             verdict_name(verdict), "gates", gates_json(results));
    out_json_line(line);
}

/* What holds because there was no more to read says so. */
static bool replay_to_its_end(const struct replay *replay, GError **error)
{
    gint64 at_ms = 0;
    enum verdict verdict = replay_run(replay, print_evaluation, NULL, &at_ms, error);
    if (verdict == VERDICT_PENDING)
        return false;
    g_autofree char *reason = verdict == VERDICT_HOLD ? replay_shortfall(replay) : NULL;
    json_t *last = json_pack("{s:b, s:s, s:I}", "final", true, "verdict", verdict_name(verdict),
                             "at", (json_int_t)(at_ms / WHEN_SECOND));
    if (reason)
        json_object_set_new(last, "reason", text_json(reason));
    out_json_line(last);
    return true;
}

int gate_replay_run(struct context *context, GError **error)
{
    struct replay replay = {0};
    const char *rollout = gate_options(context)->rollout;
    if (!rollout == !context->args[0]) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE,
                            "gate replay: expected a recording FILE.csv, or else --rollout ID");
        return CD_ERROR_USAGE;
    }
    if (rollout)
        return gate_rollout_run(context, error);
    if (!read_options(gate_options(context), &replay, error))
        return CD_ERROR_USAGE;
    struct gates_config gates;
    if (!read_gates(context, &gates, error))
        return CD_ERROR_FAILED;
    OWN(recording)
    recording = recording_read(context->args[0], context->config, replay.period_ms, error);
    replay.recording = recording;
    replay.policy = &gates;
    replay.sla_pct = USUAL_SLA_PCT;
    if (context->config)
        take_config(&replay, context->config);
    bool done = recording && replay_fits(&replay, error) && replay_to_its_end(&replay, error);
    gates_config_clear(&gates);
    return done ? 0 : recording ? CD_ERROR_USAGE : CD_ERROR_FAILED;
}
