#include "tui/views/steps_head.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/chart.h"
#include "tui/views/cell_look.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"

#include <string.h>

char *steps_what(const struct failover *failover)
{
    const struct failover_plan *plan = failover->plan;
    if (!plan || plan->kind != FAILOVER_MOVE || plan->tenants->len != 1)
        return g_strdup_printf("%s of %s", failover->kind ? failover->kind : "failover",
                               failover->cell ? failover->cell : "?");
    const struct planned_tenant *tenant = g_ptr_array_index(plan->tenants, 0);
    return g_strdup_printf("move of %s from %s to %s", tenant->id, tenant->from, tenant->to);
}

char *steps_brief(const struct failover *failover)
{
    g_autofree char *what = steps_what(failover), *progress = failover_progress_words(failover);
    return g_strdup_printf("%s %s %s: %s", failover->id, what, failover_state_name(failover->state),
                           progress);
}

gint64 steps_left_ms(const struct failover *failover, gint64 now_ms)
{
    struct failover_progress progress = failover_progress(failover);
    bool runs = failover->state == FAILOVER_RUNNING || failover->state == FAILOVER_REVERTING;
    bool stuck = failover->delay.act != ACT_NONE; /* no pace that it had tells when that ends */
    /* Nor does the time for which it was held until somebody came. */
    gint64 from_ms = failover->resumed_ms ? failover->resumed_ms : failover->opened_ms;
    if (!runs || stuck || progress.done <= failover->resumed_done || failover->reverting)
        return -1;
    return MAX(0, now_ms - from_ms) * progress.left / (progress.done - failover->resumed_done);
}

char *steps_time(const struct failover *failover, gint64 now_ms)
{
    gint64 took_ms = failover_took_ms(failover, now_ms), left_ms = steps_left_ms(failover, now_ms);
    gint64 rto_ms = failover->plan ? failover->plan->rto_ms : 0;
    g_autofree char *took = duration_short(MAX(0, took_ms)), *rto = duration_short(rto_ms);
    g_autofree char *left = duration_short(MAX(0, left_ms));
    bool over = failover_state_final(failover->state);
    GString *text = g_string_new(over ? "took " : "");
    g_string_append(text, took);
    if (rto_ms > 0)
        g_string_append_printf(text, " of the %s that it may take%s", rto,
                               took_ms > rto_ms ? ": longer than that" : "");
    if (left_ms >= 0 && !failover_state_final(failover->state))
        g_string_append_printf(text, ", about %s to go", left);
    return g_string_free(text, FALSE);
}

/* Done, and not as it was wanted. */
static struct mark mark_of(const struct failover *failover)
{
    bool some = failover->state == FAILOVER_COMPLETED && failover_leaves_some(failover);
    return some ? (struct mark){"▲", ROLE_WARN} : mark_failover_state(failover->state);
}

enum { NARROW_COLS = 60 };

/* What holds it can be long, with AWS's own words, and is in the log whole: how far it came and the
 * ways out, which have lines of their own, must have room below it. */
static void add_title(GArray *lines, const struct failover *failover, int cols)
{
    const int held_rows = cols < NARROW_COLS ? 2 : 3;
    struct mark mark = mark_of(failover);
    const char *cause = failover_cause(failover), *why = cause ? cause : failover->state_reason;
    const char *state = failover_state_name(failover->state);
    bool told = why && *why && strcmp(why, state) != 0 && g_strcmp0(why, failover->reason) != 0;
    g_autofree char *what = steps_what(failover);
    g_autofree char *text = g_strdup_printf("%s %s %s %s%s%s", mark.shape, failover->id, what,
                                            state, told ? ": " : "", told ? why : "");
    if (failover->state == FAILOVER_HELD)
        cell_lines_within(lines, mark.role, cols, held_rows, text);
    else
        cell_lines_add(lines, mark.role, cols, text);
    for (char **refusal = failover->refusals; *refusal; refusal++) {
        g_autofree char *line = g_strconcat("✖ ", *refusal, NULL);
        cell_lines_add(lines, ROLE_BAD, cols, line);
    }
}

/* Of a held one its title says what it waits for. */
static void add_next(GArray *lines, const struct deck *deck, const struct failover *failover,
                     int cols)
{
    bool goes_on = !failover_state_final(failover->state) && failover->state != FAILOVER_HELD;
    g_autofree char *trouble = headline_failover_conductor(deck, failover);
    g_autofree char *next = goes_on ? failover_next(failover) : NULL;
    if (trouble)
        cell_lines_add(lines, ROLE_BAD, cols, trouble);
    if (!next)
        return;
    g_autofree char *told = g_strconcat("next: ", next, NULL);
    cell_lines_add(lines, ROLE_NORMAL, cols, told);
}

static const struct way {
    const char *what, *does, *back, *brief; /* `back`: on the way back already */
    enum request request;
} ways[] = {{"resume", "goes on with what is left", "goes on taking back what is left", "resumes",
             REQUEST_RESUME},
            {"revert", "takes back what was done, and only that", "", "reverts", REQUEST_REVERT}};

/* A held one is a person's, by key. */
static void add_ways(GArray *lines, const struct deck *deck, const struct failover *failover,
                     int cols)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; failover->state == FAILOVER_HELD && i < G_N_ELEMENTS(ways); i++) {
        const struct way *way = &ways[i];
        g_autofree char *why = failover_refuses(failover, way->what);
        g_autofree char *key = keymap_shown(deck->keymap, way->request);
        const char *does = cols < NARROW_COLS    ? way->brief
                           : failover->reverting ? way->back
                                                 : way->does;
        if (!why)
            g_string_append_printf(text, "%s%s %s", text->len ? "; " : "", key, does);
    }
    if (text->len > 0 && !deck->write)
        g_string_append(text, " (with --write)");
    if (text->len > 0)
        cell_lines_add(lines, ROLE_TITLE, cols, text->str);
    const char *ack = failover_may_ack(failover);
    g_autofree char *resume = keymap_shown(deck->keymap, REQUEST_RESUME);
    g_autofree char *acked = g_strdup_printf("%s can go on without that command, too: acknowledge "
                                             "%s there, by its name",
                                             resume, ack ? ack : "");
    if (ack && cols >= NARROW_COLS)
        cell_lines_add(lines, ROLE_TITLE, cols, acked);
    bool away = failover->state == FAILOVER_HELD && failover->code == FAILOVER_DNS_AWAY;
    g_autofree char *without = keymap_shown(deck->keymap, REQUEST_WITHOUT_DNS);
    g_autofree char *way = g_strdup_printf(
        "where the zone stays away: revert it, then begin anew with %s, the registry alone",
        without);
    if (away && !failover->reverting)
        cell_lines_add(lines, ROLE_TITLE, cols, way);
}

/* One that was refused did nothing: where everybody would go by now is a key away. */
static void add_anew(GArray *lines, const struct deck *deck, const struct failover *failover,
                     int cols)
{
    if (failover->state != FAILOVER_REFUSED || g_strcmp0(failover->kind, "move") == 0)
        return;
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_FAILOVER);
    bool by_word = keymap_is_by_word(deck->keymap);
    g_autofree char *text =
        g_strdup_printf("%s%s%s: where everybody in it would go now; plan again from there", key,
                        by_word ? " " : "", by_word ? failover->cell : "");
    cell_lines_add(lines, ROLE_TITLE, cols, text);
}

static void add_progress(GArray *lines, const struct deck *deck, const struct failover *failover,
                         int cols)
{
    enum { BAR_COLS = 20 };
    if (!failover->plan || failover->state == FAILOVER_REFUSED)
        return;
    struct failover_progress progress = failover_progress(failover);
    double pct = progress.total ? 100.0 * progress.done / progress.total : 0;
    g_autofree char *words = failover_progress_words(failover);
    g_autofree char *took = steps_time(failover, deck->now_ms);
    g_autofree char *bar = chart_bar(pct, MIN(BAR_COLS, cols / 4));
    bool bars = !keymap_is_by_word(deck->keymap);
    g_autofree char *text =
        g_strdup_printf("%s%s%s · %s", bars ? bar : "", bars ? " " : "", words, took);
    gint64 rto_ms = failover->plan->rto_ms;
    bool late = rto_ms > 0 && failover_took_ms(failover, deck->now_ms) > rto_ms;
    bool stuck = failover->delay.act != ACT_NONE;
    cell_lines_add(lines, late || stuck ? ROLE_WARN : ROLE_NORMAL, cols, text);
}

static void add_command(GString *text, const char *name, const char *cell,
                        const struct failover_command *command)
{
    g_string_append_printf(text, "%s%s%s%s %s%s%s", text->len ? " · " : "", name, cell ? " " : "",
                           cell ? cell : "",
                           command->done    ? "done"
                           : command->acked ? "done without, acknowledged"
                           : command->error ? "FAILED"
                                            : "to come",
                           command->error && !command->done ? ": " : "",
                           command->error && !command->done ? command->error : "");
}

/* The user's own commands, and what was acknowledged in their place. */
static void add_terms(GArray *lines, const struct failover *failover, int cols)
{
    const struct failover_plan *plan = failover->plan;
    g_autoptr(GString) text = g_string_new(NULL);
    if (!plan || failover->state == FAILOVER_REFUSED)
        return;
    bool runs = plan->kind == FAILOVER_FAILOVER;
    if (runs && plan->fence_ms > 0)
        add_command(text, "fence", NULL, &failover->fence);
    for (guint i = 0; runs && plan->promote_ms > 0 && i < failover->promotes->len; i++) {
        const struct failover_command *promote =
            &g_array_index(failover->promotes, struct failover_command, i);
        add_command(text, "promote", promote->target ? promote->target->cell : NULL, promote);
    }
    g_autofree char *acks = g_strjoinv(", ", plan->acks);
    if (*acks)
        g_string_append_printf(text, "%sacknowledged: %s", text->len ? " · " : "", acks);
    if (text->len > 0)
        cell_lines_add(lines, ROLE_NORMAL, cols, text->str);
}

/* Until people have changed them, everybody is still sent to the cell that was left. */
static void add_by_hand(GArray *lines, const struct failover *failover, int cols)
{
    OWN_JSON records = failover_records_by_hand(failover);
    gint64 n = (gint64)json_array_size(records);
    if (n == 0)
        return;
    g_autofree char *all = text_counted(n, "record");
    g_autofree char *text =
        g_strdup_printf("▲ %s %s yours to change: `celldeck failover status %s` "
                        "says to what",
                        all, n == 1 ? "is" : "are", failover->id);
    cell_lines_add(lines, ROLE_WARN, cols, text);
}

static void add_asked(GArray *lines, const struct deck *deck, const struct failover *failover,
                      int cols)
{
    g_autofree char *opened = mark_time(failover->opened_ms, deck->now_ms);
    g_autofree char *text = g_strdup_printf(
        "%s, %s: %s%s%s%s", failover->requested_by ? failover->requested_by : "?", opened,
        failover->reason ? failover->reason : "", failover->ticket ? " (" : "",
        failover->ticket ? failover->ticket : "", failover->ticket ? ")" : "");
    cell_lines_add(lines, ROLE_DIM, cols, text);
}

GArray *steps_head(const struct deck *deck, const struct failover *failover, int cols)
{
    GArray *lines = cell_lines_new();
    add_title(lines, failover, cols);
    add_progress(lines, deck, failover, cols);
    add_ways(lines, deck, failover, cols);
    add_by_hand(lines, failover, cols);
    add_anew(lines, deck, failover, cols);
    add_next(lines, deck, failover, cols);
    add_terms(lines, failover, cols);
    add_asked(lines, deck, failover, cols);
    return lines;
}
