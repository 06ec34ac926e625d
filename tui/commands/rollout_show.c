/* `celldeck rollout list|status|watch`. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/history.h"
#include "rollout/conductor.h"
#include "rollout/last_time.h"
#include "rollout/story.h"
#include "tui/commands/follow.h"
#include "tui/commands/rollout.h"

#include <string.h>
#include <unistd.h>

int rollout_list_run(struct context *context, GError **error)
{
    static const struct out_column columns[] = {{"ID", false},      {"VERSION", false},
                                                {"STATE", false},   {"BY", false},
                                                {"STARTED", false}, {"REASON", false}};
    g_autoptr(GPtrArray) operations = history_operations(context->journal, 0, error);
    if (!operations)
        return CD_ERROR_FAILED;
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    OWN_JSON all = json_array();
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (strcmp(operation->kind, "rollout") != 0)
            continue;
        g_autofree char *started = when_rfc3339(operation->started_ms / 1000 * 1000);
        out_table_row(table, operation->ended_ms ? OUT_PLAIN : OUT_BOLD,
                      (const char *[]){operation->id, operation->subject, operation->state,
                                       operation->actor, started, operation->reason});
        json_array_append_new(all, operation_json(operation));
    }
    if (context->json)
        out_json("rollout.list", json_pack("{s:O}", "rollouts", all));
    else if (context->csv)
        out_table_print_csv(table);
    else
        out_table_print(table, context->style);
    return 0;
}

static enum out_role cell_role(const struct rollout_cell *cell)
{
    if (cell->held)
        return OUT_WARN;
    switch (cell->state) {
    case CELL_PASSED:
        return OUT_GOOD;
    case CELL_ROLLING_BACK:
    case CELL_ROLLED_BACK:
    case CELL_ROLLBACK_FAILED:
        return OUT_BAD;
    case CELL_PENDING:
        return OUT_DIM;
    default:
        return OUT_PLAIN;
    }
}

/* What holds the cell or brought it back first, then its gates, with reasons where not PASS. */
static char *cell_remarks(const struct rollout_cell *cell, const GPtrArray *operations)
{
    GString *out = g_string_new(NULL);
    g_autofree char *held = rollout_held_words(cell, operations);
    if (held)
        g_string_append_printf(out, "HELD: %s", held);
    else if (cell->cause)
        g_string_append(out, cell->cause);
    for (int g = 0; g < GATE_COUNT && cell->state == CELL_BAKING; g++) {
        if (!cell->gates[g].reason)
            continue;
        g_string_append_printf(out, "%s%s %s", out->len ? "; " : "", gate_name(g),
                               verdict_name(cell->gates[g].verdict));
        if (cell->gates[g].verdict != VERDICT_PASS)
            g_string_append_printf(out, " (%s)", cell->gates[g].reason);
    }
    return g_string_free(out, FALSE);
}

static char *bake_text(const struct rollout *rollout, const struct rollout_cell *cell,
                       gint64 now_ms)
{
    gint64 bake_ms = rollout_bake_ms(rollout, cell->wave);
    bool bakes = cell->state == CELL_BAKING;
    if (!bakes && cell->state != CELL_PASSED && cell->state != CELL_ACCEPTED)
        return g_strdup("");
    gint64 until_ms = bakes ? now_ms : cell->state_since_ms;
    g_autofree char *done = duration_short(MIN(until_ms - cell->deployed_at_ms, bake_ms));
    g_autofree char *whole = duration_short(bake_ms);
    return g_strdup_printf("%s of %s", done, whole);
}

/* When it ended, and where its version runs now: what is left to decide about. */
static void print_end(const struct context *context, const struct rollout *rollout)
{
    g_autoptr(GString) on = g_string_new(NULL);
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        if (cell->state == CELL_PASSED || cell->state == CELL_ACCEPTED)
            g_string_append_printf(on, "%s%s", on->len ? ", " : "", cell->plan->id);
    }
    g_autofree char *at = when_rfc3339(rollout->ended_ms / 1000 * 1000);
    out_line(context->style, OUT_PLAIN, "Ended %s; %s runs in %s", at, rollout->plan->version,
             on->len ? on->str : "none of these cells");
}

/* A held cell has three ways out, and all of them are somebody's decision. */
static void print_ways_out(const struct context *context, const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        const char *id = cell->plan->id;
        if (!cell->held)
            continue;
        out_line(context->style, OUT_WARN, "To decide about %s:", id);
        static const char *const ways[] = {"accept", "skip", "retry", "rollback"};
        for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
            g_autofree char *why_not = rollout_refuses(rollout, ways[w], cell);
            if (!why_not)
                out_line(context->style, OUT_PLAIN,
                         "  celldeck rollout %s %s --cell %s --reason TEXT", ways[w], rollout->id,
                         id);
        }
    }
}

/* Debts to review. */
static void print_overrides(const struct context *context, const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->overrides->len; i++) {
        const struct override *given = rollout->overrides->pdata[i];
        const struct plan_wave *wave = rollout->plan->waves->pdata[given->wave];
        g_autofree char *at = when_rfc3339(given->at_ms / WHEN_SECOND * WHEN_SECOND);
        g_autofree char *bake =
            given->bake_ms ? duration_config_text(given->bake_ms) : g_strdup("");
        out_line(context->style, OUT_WARN, "break-glass: %s, %s, wave %s %s%s: %s", given->actor,
                 at, wave->name,
                 given->window ? "no longer waits for its window" : "bakes for only ", bake,
                 given->reason ? given->reason : "no reason given");
    }
}

/* Who stays because of credentials, and what keeps the conductor from its work. */
static void print_troubles(const struct context *context, const struct rollout *rollout,
                           gint64 now_ms)
{
    if (rollout->attended)
        out_line(context->style, OUT_PLAIN, "attended%s%s", rollout->credentials ? ": " : "",
                 rollout->credentials ? rollout->credentials : "");
    for (size_t i = 0; i < TROUBLE_COUNT && !rollout_state_final(rollout->state); i++) {
        const struct rollout_trouble *trouble = &rollout->troubles[i];
        if (!trouble->reason)
            continue;
        g_autofree char *since = duration_short(now_ms - trouble->since_ms);
        g_autofree char *name = g_ascii_strup(trouble_name((enum trouble)i), -1);
        out_line(context->style, OUT_BAD, "%s for %s: %s", name, since, trouble->reason);
    }
}

static void print_rollout(const struct context *context, const struct rollout *rollout,
                          const GPtrArray *operations, gint64 now_ms)
{
    static const struct out_column columns[] = {{"CELL", false}, {"WAVE", false}, {"STATE", false},
                                                {"FROM", false}, {"BAKE", true},  {"", false}};
    g_autofree char *why = rollout_state_words(rollout, operations);
    out_line(context->style, OUT_BOLD, "%s  %s  %s%s%s", rollout->id, rollout->plan->version,
             rollout_state_name(rollout->state), why ? ": " : "", why ? why : "");
    g_autofree char *since = when_rfc3339(rollout->opened_ms / 1000 * 1000);
    out_line(context->style, OUT_PLAIN, "asked for by %s at %s: %s%s%s%s", rollout->requested_by,
             since, rollout->reason ? rollout->reason : "no reason given",
             rollout->ticket ? " (" : "", rollout->ticket ? rollout->ticket : "",
             rollout->ticket ? ")" : "");
    print_overrides(context, rollout);
    print_troubles(context, rollout, now_ms);
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        const struct plan_wave *wave = rollout->plan->waves->pdata[cell->wave];
        g_autofree char *bake = bake_text(rollout, cell, now_ms);
        g_autofree char *remarks = cell_remarks(cell, operations);
        out_table_row(table, cell_role(cell),
                      (const char *[]){cell->plan->id, wave->name, cell_state_name(cell->state),
                                       cell->plan->from, bake, remarks});
    }
    out_table_print(table, context->style);
    if (rollout_state_final(rollout->state)) {
        print_end(context, rollout);
        return;
    }
    g_autofree char *next = rollout_next(rollout, operations, now_ms);
    out_line(context->style, OUT_PLAIN, "Next: %s", next);
    print_ways_out(context, rollout);
}

static json_t *conductor_json(const struct context *context, const struct rollout *rollout)
{
    struct conductor_info info = {0};
    json_t *json = json_null();
    if (conductor_find(context->journal, rollout->id, &info)) {
        g_autofree char *heartbeat = when_rfc3339(info.heartbeat_ms);
        json = json_pack("{s:o, s:I, s:b, s:b, s:s}", "host", text_json(info.host), "pid",
                         (json_int_t)info.pid, "alive", info.alive, "silent", info.silent,
                         "renewed_at", heartbeat);
    }
    conductor_info_clear(&info);
    return json;
}

/* Who conducts; that nobody does, or not any more, is follow_check_conductor's to say. */
static void print_conductor(const struct context *context, const struct rollout *rollout)
{
    struct conductor_info info = {0};
    if (conductor_find(context->journal, rollout->id, &info) && info.alive && !info.silent) {
        g_autofree char *age = duration_short(when_now_ms() - info.heartbeat_ms);
        out_line(context->style, OUT_PLAIN,
                 "Conducted by process %" G_GINT64_FORMAT " on %s, heard of %s ago", info.pid,
                 info.host, age);
    }
    conductor_info_clear(&info);
}

static void add_last_time(json_t *document, const struct last_time *last)
{
    size_t w, c;
    json_t *wave, *cell;
    json_array_foreach (json_object_get(document, "waves"), w, wave) {
        json_array_foreach (json_object_get(wave, "cells"), c, cell) {
            const char *id = json_string_value(json_object_get(cell, "id"));
            json_object_set_new(cell, "last_time", last_time_json(last_time_of(last, id)));
        }
    }
}

/* Of those that something is to be decided or learnt about. */
static void print_last_time(const struct context *context, const struct rollout *rollout,
                            const struct last_time *last)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        const struct last_cell *then = last_time_of(last, cell->plan->id);
        bool asked = cell->state == CELL_BAKING || cell->held || cell->failed;
        g_autofree char *text = then && asked ? last_time_text(then) : NULL;
        if (text)
            out_line(context->style, OUT_DIM, "Last time on %s: %s", cell->plan->id, text);
    }
}

int rollout_status_run(struct context *context, GError **error)
{
    OWN(rollout) rollout = rollout_require(context, error);
    if (!rollout)
        return CD_ERROR_FAILED;
    gint64 now_ms = when_now_ms();
    g_autoptr(GPtrArray) operations = history_operations(context->journal, 0, error);
    OWN(last_time)
    last = operations ? last_time_read(context->journal, operations, rollout, error) : NULL;
    if (!last)
        return CD_ERROR_FAILED;
    if (context->json) {
        json_t *document = rollout_json(rollout, operations, now_ms);
        add_last_time(document, last);
        json_object_set_new(document, "conductor", conductor_json(context, rollout));
        out_json("rollout.status", document);
    } else {
        print_rollout(context, rollout, operations, now_ms);
        print_last_time(context, rollout, last);
        struct follow_watchdog watchdog = {0};
        g_autofree char *behind = journal_trouble(context->journal);
        bool live = !rollout_state_final(rollout->state);
        if (live)
            print_conductor(context, rollout);
        if (live && !behind) /* else it may be we who have not heard of anybody */
            follow_check_conductor(&watchdog, context->journal, rollout->id, rollout->opened_ms);
    }
    return 0;
}

struct watching {
    struct context *context;
    bool json;
    struct follow_watchdog watchdog;
};

static void tell_event(const struct rollout *rollout, const struct event *event, gpointer data)
{
    const struct watching *watching = data;
    g_autofree char *sentence = story_sentence(event);
    if (watching->json) {
        json_t *line = event_json(event);
        json_object_set_new(line, "rollout", text_json(rollout->id));
        json_object_set_new(line, "state", json_string(rollout_state_name(rollout->state)));
        json_object_set_new(line, "sentence", text_json(sentence));
        out_json_line(line);
        return;
    }
    if (!story_is_news(event))
        return;
    static const enum out_role roles[] = {[STORY_PLAIN] = OUT_PLAIN,
                                          [STORY_GOOD] = OUT_GOOD,
                                          [STORY_WARN] = OUT_WARN,
                                          [STORY_BAD] = OUT_BAD};
    g_autofree char *at = when_rfc3339(event->at_ms / 1000 * 1000);
    const char *cell = story_cell(event);
    out_line(watching->context->style, roles[story_tone(event)], "%s  %-16s %s", at,
             cell ? cell : "", sentence);
}

static bool look_after(const struct rollout *rollout, gpointer data)
{
    struct watching *watching = data;
    follow_check_conductor(&watching->watchdog, watching->context->journal, rollout->id,
                           rollout->opened_ms);
    return !out_is_closed();
}

int rollout_watch_run(struct context *context, GError **error)
{
    struct watching watching = {.context = context,
                                .json = context->json || !isatty(STDOUT_FILENO)};
    const struct follow follow = {.from = 1,
                                  .fn = tell_event,
                                  .data = &watching,
                                  .go_on = look_after,
                                  .follower = context->follower};
    OWN(rollout) rollout = follow_rollout(context->journal, context->args[0], &follow, error);
    return rollout ? follow_exit_code(rollout) : CD_ERROR_FAILED;
}
