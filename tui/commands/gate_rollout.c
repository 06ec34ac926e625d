/* `celldeck gate replay --rollout ID`: what today's policy would have said of an earlier rollout,
 * on what it saw, beside what was said then. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/bakes.h"
#include "rollout/compared.h"
#include "rollout/replay.h"
#include "tui/commands/gate.h"

#include <string.h>
#include <unistd.h>

struct looking {
    struct context *context;
    const struct rollout *rollout;
    const GPtrArray *events;
    gint64 now_ms;
    struct gate_spent spent;
    bool json;
    const char *stopped, *held; /* the first cells that today's policy says FAIL or HOLD of */
    guint unknown;              /* bakes of which nothing can be said */
};

/* What is said of one bake today. */
struct today {
    enum verdict verdict;
    gint64 at_ms;
    char *gate, *reason; /* of the first gate that has the verdict's word; NULL: PASS */
    json_t *evidence;
    guint controls;
    char *unknown; /* why nothing can be said; NULL: it can */
};

static void today_clear(struct today *today)
{
    g_free(today->gate);
    g_free(today->reason);
    g_free(today->unknown);
    json_decref(today->evidence);
}

static void keep_last(gint64 at_ms, const struct gate_result *results, enum verdict verdict,
                      gpointer data)
{
    struct today *today = data;
    (void)at_ms;
    g_clear_pointer(&today->gate, g_free);
    g_clear_pointer(&today->reason, g_free);
    g_clear_pointer(&today->evidence, json_decref);
    for (int gate = 0; gate < GATE_COUNT && !today->gate; gate++) {
        bool speaks = results[gate].verdict == verdict ||
                      (verdict == VERDICT_HOLD && results[gate].verdict == VERDICT_PENDING);
        if (verdict == VERDICT_PASS || !speaks)
            continue;
        today->gate = g_strdup(gate_name((enum gate)gate));
        today->reason = g_strdup(results[gate].reason);
        today->evidence = json_incref(results[gate].evidence);
    }
}

/* The cell and, of those that did not run the version when its bake began, its controls: guint. */
static GArray *cells_of(const struct looking *looking, const struct bake *bake, guint own)
{
    const struct config *config = looking->context->config;
    GArray *cells = compared_then(config, config_gates_of(config, config->cells->pdata[own]),
                                  looking->events, own, bake->deployed_at_ms);
    g_array_append_val(cells, own);
    return cells;
}

static struct recording *recording_of(const struct looking *looking, const struct bake *bake,
                                      const GArray *cells, const struct past *past)
{
    const struct config *config = looking->context->config;
    struct recording *recording = recording_new();
    for (guint i = 0; i < cells->len; i++) {
        guint at = g_array_index(cells, guint, i);
        const char *id = ((const struct cell_config *)config->cells->pdata[at])->id;
        bool own = strcmp(id, bake->cell->plan->id) == 0;
        gint64 until_ms =
            own ? G_MAXINT64 : bakes_control_until_ms(looking->events, id, bake->deployed_at_ms);
        recording_add(recording, id, &past->readings[at], until_ms, config->metrics.period_ms);
    }
    return recording;
}

static gint64 end_ms(const struct bake *bake)
{
    gint64 whole_ms = bake->deployed_at_ms + bake->bake_ms;
    return bake->ended_ms ? MIN(bake->ended_ms, whole_ms) : whole_ms;
}

static void judge(const struct looking *looking, const struct bake *bake,
                  const struct recording *recording, struct today *today)
{
    const struct config *config = looking->context->config;
    const struct cell_config *cell = config_cell(config, bake->cell->plan->id);
    const struct wave_config *wave = config_wave_of(config, cell);
    gint64 until_ms = MIN(end_ms(bake), looking->now_ms);
    g_autoptr(GError) wrong = NULL;
    const struct replay replay = {.recording = recording,
                                  .cell = bake->cell->plan->id,
                                  .config = config,
                                  .known = cell,
                                  .policy = config_gates_of(config, cell),
                                  .deployed_at_ms = bake->deployed_at_ms,
                                  .bake_ms = bake->bake_ms,
                                  .period_ms = config->metrics.period_ms,
                                  .until_ms = until_ms,
                                  .low_traffic_pass = wave && wave->low_traffic_pass,
                                  .dr = bake->cell->plan->dr};
    today->verdict = replay_run(&replay, keep_last, today, &today->at_ms, &wrong);
    if (wrong)
        today->unknown = g_strdup(wrong->message);
}

/* NULL: there is enough of it. */
static char *why_no_data(const struct looking *looking, const struct bake *bake, guint own,
                         const struct past *past)
{
    gint64 period_ms = looking->context->config->metrics.period_ms;
    g_autofree char *kept = duration_config_text(past_kept_ms(period_ms));
    g_autofree char *period = duration_config_text(period_ms);
    const struct datapoint *last = series_last(past->readings[own].series[METRIC_HEALTH]);
    if (past->from_ms > bake->deployed_at_ms)
        return g_strdup_printf("CloudWatch has no values of it any more: it keeps periods of %s "
                               "for %s",
                               period, kept);
    if (past->unread[own])
        return g_strdup("its metrics could not be read");
    if (!last || last->at_ms < bake->deployed_at_ms)
        return g_strdup("CloudWatch has no values of its bake");
    return NULL;
}

static void look_at(struct looking *looking, const struct bake *bake, struct today *today)
{
    struct context *context = looking->context;
    gssize own = config_place(context->config, bake->cell->plan->id);
    if (own < 0) {
        today->unknown = g_strdup("celldeck.yaml has no such cell any more");
        return;
    }
    g_autoptr(GArray) cells = cells_of(looking, bake, (guint)own);
    OWN(past)
    past =
        gate_read_past(context, cells,
                       bake->deployed_at_ms - gates_own_past_ms(context->config->metrics.period_ms),
                       MIN(end_ms(bake), looking->now_ms));
    gate_add_spent(&looking->spent, past);
    today->controls = cells->len - 1;
    today->unknown = why_no_data(looking, bake, (guint)own, past);
    if (today->unknown)
        return;
    OWN(recording) recording = recording_of(looking, bake, cells, past);
    judge(looking, bake, recording, today);
}

static json_t *said_json(enum verdict verdict, gint64 at_ms, const char *gate, const char *reason)
{
    g_autofree char *at = at_ms ? when_rfc3339(at_ms) : NULL;
    return json_pack("{s:s, s:o, s:o, s:o}", "verdict", verdict_name(verdict), "at", text_json(at),
                     "gate", text_json(gate), "reason", text_json(reason));
}

static void print_json(const struct looking *looking, const struct bake *bake,
                       const struct today *today)
{
    const struct plan_wave *wave = looking->rollout->plan->waves->pdata[bake->cell->wave];
    g_autofree char *deployed = when_rfc3339(bake->deployed_at_ms);
    json_t *said = said_json(today->verdict, today->at_ms, today->gate, today->reason);
    json_object_set_new(said, "controls", json_integer(today->controls));
    json_object_set(said, "evidence", today->evidence);
    if (today->unknown) {
        json_decref(said);
        said = json_pack("{s:n, s:o}", "verdict", "unknown", text_json(today->unknown));
    }
    out_json_line(json_pack(
        "{s:o, s:o, s:o, s:s, s:f, s:o, s:o}", "rollout", text_json(looking->rollout->id), "cell",
        text_json(bake->cell->plan->id), "wave", text_json(wave->name), "deployed_at", deployed,
        "bake_s", (double)bake->bake_ms / WHEN_SECOND, "then",
        said_json(bake->verdict, bake->said_ms, bake->gate, bake->reason), "today", said));
}

/* "FAIL after 5 m: regression: errors 2.3x ...". */
static char *said_text(const struct bake *bake, enum verdict verdict, gint64 at_ms,
                       const char *gate, const char *reason)
{
    g_autofree char *after = duration_short(at_ms - bake->deployed_at_ms);
    g_autofree char *when = at_ms ? g_strdup_printf(" after %s", after) : g_strdup("");
    return g_strdup_printf("%s%s%s%s%s%s", verdict_name(verdict), when, gate ? ": " : "",
                           gate ? gate : "", reason ? ": " : "", reason ? reason : "");
}

static void print_text(const struct looking *looking, const struct bake *bake,
                       const struct today *today)
{
    static const enum out_role roles[] = {[VERDICT_PENDING] = OUT_PLAIN,
                                          [VERDICT_PASS] = OUT_GOOD,
                                          [VERDICT_HOLD] = OUT_WARN,
                                          [VERDICT_FAIL] = OUT_BAD};
    struct out_style style = looking->context->style;
    g_autofree char *deployed = when_rfc3339(bake->deployed_at_ms / WHEN_SECOND * WHEN_SECOND);
    g_autofree char *bakes = duration_config_text(bake->bake_ms);
    g_autofree char *then = said_text(bake, bake->verdict, bake->said_ms, bake->gate, bake->reason);
    g_autofree char *now =
        said_text(bake, today->verdict, today->at_ms, today->gate, today->reason);
    out_line(style, OUT_BOLD, "%s, deployed %s, bake of %s beside %u control%s",
             bake->cell->plan->id, deployed, bakes, today->controls,
             today->controls == 1 ? "" : "s");
    out_line(style, roles[bake->verdict], "  then   %s", then);
    if (today->unknown)
        out_line(style, OUT_WARN, "  today  unknown: %s", today->unknown);
    else
        out_line(style, roles[today->verdict], "  today  %s", now);
}

/* Would today's policy have stopped it, and where first? */
static void print_answer(const struct looking *looking)
{
    struct out_style style = looking->context->style;
    if (looking->stopped)
        out_line(style, OUT_BAD, "Today's policy would have stopped it, at %s.", looking->stopped);
    else if (looking->unknown)
        out_line(style, OUT_WARN,
                 "Whether today's policy would have stopped it is not known: of "
                 "%u of these bakes nothing can be said.",
                 looking->unknown);
    else if (looking->held)
        out_line(style, OUT_WARN, "Today's policy would have held it for a human, at %s.",
                 looking->held);
    else
        out_line(style, OUT_GOOD, "Today's policy would not have stopped it.");
}

static void print_answer_json(const struct looking *looking)
{
    out_json_line(json_pack("{s:b, s:o, s:o, s:o, s:i}", "final", true, "rollout",
                            text_json(looking->rollout->id), "stopped_at",
                            text_json(looking->stopped), "held_at", text_json(looking->held),
                            "unknown", (int)looking->unknown));
}

static void look_at_one(struct looking *looking, const struct bake *bake)
{
    struct today today = {0};
    look_at(looking, bake, &today);
    (looking->json ? print_json : print_text)(looking, bake, &today);
    const char **first = today.verdict == VERDICT_FAIL ? &looking->stopped : &looking->held;
    bool bad = today.verdict == VERDICT_FAIL || today.verdict == VERDICT_HOLD;
    if (today.unknown)
        looking->unknown++;
    else if (bad && !*first)
        *first = bake->cell->plan->id;
    today_clear(&today);
}

static int look_back(struct looking *looking, const GPtrArray *bakes)
{
    const char *wanted = gate_options(looking->context)->cell;
    for (guint i = 0; i < bakes->len && !out_is_closed(); i++) {
        const struct bake *bake = bakes->pdata[i];
        if (!wanted || strcmp(wanted, bake->cell->plan->id) == 0)
            look_at_one(looking, bake);
    }
    (looking->json ? print_answer_json : print_answer)(looking);
    int code = gate_tell_spent(&looking->spent);
    return code || !looking->unknown ? code : CD_ERROR_SOURCE;
}

/* How many of them there are of the cell; NULL: of all. */
static guint count_of(const GPtrArray *bakes, const char *cell)
{
    guint n = 0;
    for (guint i = 0; i < bakes->len; i++)
        n += !cell || strcmp(((const struct bake *)bakes->pdata[i])->cell->plan->id, cell) == 0;
    return n;
}

static bool check(const struct gate_options *given, GError **error)
{
    if (!given->deployed_at && !given->bake && !given->period)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "--rollout knows from the journal when %s was deployed to and how long it baked: "
                "leave out --deployed-at, --bake and --period",
                given->cell ? given->cell : "a cell");
    return false;
}

int gate_rollout_run(struct context *context, GError **error)
{
    const struct gate_options *given = gate_options(context);
    if (!check(given, error))
        return CD_ERROR_USAGE;
    if (!context_open_journal(context, error))
        return CD_ERROR_FAILED;
    OWN(rollout) rollout = rollout_load(context->journal, given->rollout, error);
    g_autoptr(GPtrArray) events =
        rollout ? journal_read(context->journal, given->rollout, 1, error) : NULL;
    if (!events)
        return CD_ERROR_FAILED;
    g_autoptr(GPtrArray) bakes = bakes_of(rollout, events);
    guint count = count_of(bakes, given->cell);
    if (count == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s has not baked in %s: there is nothing to "
                    "judge",
                    given->cell ? given->cell : "no cell", given->rollout);
        return CD_ERROR_USAGE;
    }
    if (!gate_may_spend(context, count, context->config->cells->len, error))
        return CD_ERROR_REFUSED;
    struct looking looking = {.context = context,
                              .rollout = rollout,
                              .events = events,
                              .now_ms = when_now_ms(),
                              .json = context->json || !isatty(STDOUT_FILENO)};
    return look_back(&looking, bakes);
}
