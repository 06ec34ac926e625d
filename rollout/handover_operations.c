/* What the journal has for the next on-call. */
#include "rollout/handover_parts.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <string.h>

static const struct operation *operation_at(const struct handover_input *input, guint i)
{
    return input->operations->pdata[i];
}

static const struct rollout *rollout_of(const struct handover_input *input, const char *id)
{
    for (guint i = 0; i < input->rollouts->len; i++)
        if (strcmp(((const struct rollout *)input->rollouts->pdata[i])->id, id) == 0)
            return input->rollouts->pdata[i];
    return NULL;
}

static const struct failover *failover_of(const struct handover_input *input, const char *id)
{
    for (guint i = 0; i < input->failovers->len; i++)
        if (strcmp(((const struct failover *)input->failovers->pdata[i])->id, id) == 0)
            return input->failovers->pdata[i];
    return NULL;
}

/* Why it stands as it does, and what comes next; either NULL where nobody knows. Caller frees both.
 */
static char *next_of(const struct handover_input *input, const char *id, char **reason)
{
    const struct rollout *rollout = rollout_of(input, id);
    const struct failover *failover = rollout ? NULL : failover_of(input, id);
    if (failover)
        *reason = g_strdup(failover->refusals[0] ? failover->refusals[0] : failover->state_reason);
    else
        *reason = rollout ? rollout_state_words(rollout, input->operations) : NULL;
    return rollout    ? rollout_next(rollout, input->operations, input->now_ms)
           : failover ? failover_next(failover)
                      : NULL;
}

static enum story_tone tone_of(const char *state)
{
    static const struct {
        const char *state;
        enum story_tone tone;
    } tones[] = {{"held", STORY_WARN},      {"waiting", STORY_WARN}, {"paused", STORY_WARN},
                 {"failing", STORY_BAD},    {"failed", STORY_BAD},   {"reverting", STORY_WARN},
                 {"completed", STORY_GOOD}, {"aborted", STORY_WARN}, {"reverted", STORY_WARN},
                 {"refused", STORY_WARN},   {"observed", STORY_WARN}};
    for (size_t i = 0; i < G_N_ELEMENTS(tones); i++)
        if (strcmp(tones[i].state, state) == 0)
            return tones[i].tone;
    return STORY_PLAIN;
}

/* The next step for people who have just read why it stands: "nothing until a human acts". Caller
 * frees. */
static char *without_reason(const char *next, const char *why)
{
    g_autofree char *end = g_strconcat(": ", why, NULL);
    bool repeats = why && next && g_str_has_suffix(next, end);
    return repeats ? g_strndup(next, strlen(next) - strlen(end)) : g_strdup(next);
}

static void add_open(const struct handover_input *input, const struct operation *operation,
                     GPtrArray *items)
{
    g_autofree char *why = NULL;
    g_autofree char *next = next_of(input, operation->id, &why);
    g_autofree char *then = without_reason(next, why);
    bool nobody = g_hash_table_contains(input->unconducted, operation->id);
    g_autofree char *since = duration_short(MAX(0, input->now_ms - operation->started_ms));
    json_t *json = operation_json(operation);
    json_object_set_new(json, "state_reason", text_json(why));
    json_object_set_new(json, "next", text_json(next));
    json_object_set_new(json, "conducted", json_boolean(!nobody));
    handover_add(items, nobody ? STORY_BAD : tone_of(operation->state), json,
                 "%s %s %s: %s%s%s, begun %s ago by %s (%s)%s%s%s", operation->id, operation->kind,
                 operation->subject, operation->state, why ? ": " : "", why ? why : "", since,
                 operation->actor, *operation->reason ? operation->reason : "no reason given",
                 then ? "; next: " : "", then ? then : "",
                 nobody ? "; NOBODY carries it on: celldeck conductor --until-idle" : "");
}

void handover_open(const struct handover_input *input, GPtrArray *items)
{
    for (guint i = 0; i < input->operations->len; i++)
        if (operation_at(input, i)->ended_ms == 0)
            add_open(input, operation_at(input, i), items);
}

/* Something that was done, on its way into the order of time. */
struct passage {
    gint64 at_ms;
    enum story_tone tone;
    char *text;
    json_t *json;
};

static void clear_passage(gpointer p)
{
    struct passage *change = p;
    g_free(change->text);
    json_decref(change->json);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const struct passage *x = a, *y = b;
    return (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
}

static bool is_recent(const struct handover_input *input, gint64 at_ms)
{
    return at_ms > 0 && input->now_ms - at_ms < HANDOVER_CHANGED_MS;
}

/* " (and 13 more reasons)" of a refused one. Caller frees. */
static char *more_reasons(const struct handover_input *input, const char *id)
{
    const struct failover *failover = failover_of(input, id);
    guint n = failover ? g_strv_length(failover->refusals) : 0;
    return n < 2    ? g_strdup("")
           : n == 2 ? g_strdup(" (and 1 more reason)")
                    : g_strdup_printf(" (and %u more reasons)", n - 1);
}

static void add_ended(const struct handover_input *input, const struct operation *operation,
                      GArray *changes)
{
    g_autofree char *why = NULL;
    g_autofree char *next = next_of(input, operation->id, &why);
    g_autofree char *when = handover_moment(operation->ended_ms, input->now_ms);
    g_autofree char *more = more_reasons(input, operation->id);
    const struct passage change = {
        operation->ended_ms, tone_of(operation->state),
        g_strdup_printf("%s: %s %s %s %s%s%s%s, by %s (%s)", when, operation->id, operation->kind,
                        operation->subject, operation->state, why ? ": " : "", why ? why : "", more,
                        operation->actor,
                        *operation->reason ? operation->reason : "no reason given"),
        json_pack("{s:o, s:o, s:n, s:o, s:o, s:o, s:o}", "at",
                  handover_moment_json(operation->ended_ms), "operation", text_json(operation->id),
                  "cell", "kind", text_json(operation->kind), "subject",
                  text_json(operation->subject), "state", text_json(operation->state), "actor",
                  text_json(operation->actor))};
    g_array_append_val(changes, change);
}

static void add_cell(const struct handover_input *input, const struct rollout *rollout,
                     const struct rollout_cell *cell, gint64 at_ms, GArray *changes)
{
    bool back = cell->state == CELL_ROLLED_BACK || cell->state == CELL_ROLLBACK_FAILED;
    const char *version = back ? cell->plan->from : rollout->plan->version;
    g_autofree char *when = handover_moment(at_ms, input->now_ms);
    const struct passage change = {
        at_ms,
        cell->state == CELL_ROLLBACK_FAILED ? STORY_BAD
        : back                              ? STORY_WARN
                                            : STORY_PLAIN,
        cell->state == CELL_ROLLBACK_FAILED
            ? g_strdup_printf("%s: %s ROLLBACK FAILED, was to go back to %s (%s)", when,
                              cell->plan->id, version, rollout->id)
            : g_strdup_printf("%s: %s %s %s (%s)%s%s", when, cell->plan->id,
                              back ? "is back on" : "runs", version, rollout->id,
                              back && cell->cause ? ": " : "",
                              back && cell->cause ? cell->cause : ""),
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:s, s:o}", "at", handover_moment_json(at_ms),
                  "operation", text_json(rollout->id), "cell", text_json(cell->plan->id), "kind",
                  "rollout", "subject", text_json(version), "state", cell_state_name(cell->state),
                  "actor", text_json(rollout->requested_by))};
    g_array_append_val(changes, change);
}

static void add_cells(const struct handover_input *input, const struct rollout *rollout,
                      GArray *changes)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = rollout->cells->pdata[i];
        bool back = cell->state == CELL_ROLLED_BACK || cell->state == CELL_ROLLBACK_FAILED;
        gint64 at_ms = back ? cell->state_since_ms : cell->deployed_at_ms;
        if (is_recent(input, at_ms))
            add_cell(input, rollout, cell, at_ms, changes);
    }
}

void handover_changed(const struct handover_input *input, GPtrArray *items)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(struct passage));
    g_array_set_clear_func(changes, clear_passage);
    for (guint i = 0; i < input->operations->len; i++) {
        const struct operation *operation = operation_at(input, i);
        if (strcmp(operation->kind, "observed") != 0 && is_recent(input, operation->ended_ms))
            add_ended(input, operation, changes);
    }
    for (guint i = 0; i < input->rollouts->len; i++)
        add_cells(input, input->rollouts->pdata[i], changes);
    g_array_sort(changes, newest_first);
    for (guint i = 0; i < changes->len; i++) {
        const struct passage *change = &g_array_index(changes, struct passage, i);
        handover_add(items, change->tone, json_incref(change->json), "%s", change->text);
    }
}

/* What was left out for its age. */
static void add_older(guint older, GPtrArray *items)
{
    if (older)
        handover_add(items, STORY_PLAIN, json_array(), "%u older %s: celldeck history list", older,
                     older == 1 ? "one" : "ones");
}

void handover_observed(const struct handover_input *input, GPtrArray *items)
{
    guint older = 0;
    for (guint i = 0; i < input->operations->len; i++) {
        const struct operation *operation = operation_at(input, i);
        if (strcmp(operation->kind, "observed") != 0)
            continue;
        g_autofree char *when = handover_moment(operation->started_ms, input->now_ms);
        if (input->now_ms - operation->started_ms >= HANDOVER_OBSERVED_MS)
            older++;
        else
            handover_add(items, STORY_WARN, operation_json(operation), "%s: %s: %s", when,
                         operation->id, operation->reason);
    }
    add_older(older, items);
}

static bool is_rollout_in(const struct operation *operation, const char *a, const char *b)
{
    return strcmp(operation->kind, "rollout") == 0 &&
           (strcmp(operation->state, a) == 0 || strcmp(operation->state, b) == 0);
}

/* A version that failed stays held, whatever became of it in a rollout with --retry-failed. */
static const struct operation *completed_since(const struct handover_input *input, guint failed)
{
    for (guint i = 0; i < failed; i++)
        if (is_rollout_in(operation_at(input, i), "completed", "completed") &&
            versions_alike(operation_at(input, i)->subject, operation_at(input, failed)->subject))
            return operation_at(input, i);
    return NULL;
}

static bool was_told(const struct handover_input *input, guint at)
{
    for (guint i = 0; i < at; i++)
        if (is_rollout_in(operation_at(input, i), "failed", "failing") &&
            versions_alike(operation_at(input, i)->subject, operation_at(input, at)->subject))
            return true;
    return false;
}

static void add_failed(const struct handover_input *input, guint at, GPtrArray *items)
{
    const struct operation *operation = operation_at(input, at);
    const struct operation *since = completed_since(input, at);
    g_autofree char *why = NULL;
    g_autofree char *next = next_of(input, operation->id, &why);
    g_autofree char *when = handover_moment(operation->started_ms, input->now_ms);
    handover_add(items, since ? STORY_WARN : STORY_BAD,
                 json_pack("{s:o, s:o, s:o, s:o, s:o}", "version", text_json(operation->subject),
                           "operation", text_json(operation->id), "started_at",
                           handover_moment_json(operation->started_ms), "why", text_json(why),
                           "completed_in", text_json(since ? since->id : NULL)),
                 "%s: failed in %s (%s)%s%s; %s%s%s", operation->subject, operation->id, when,
                 why ? ": " : "", why ? why : "",
                 since ? "completed since in " : "only --retry-failed starts it again",
                 since ? since->id : "", since ? ", with --retry-failed" : "");
}

void handover_releases(const struct handover_input *input, GPtrArray *items)
{
    guint older = 0;
    for (guint i = 0; i < input->operations->len; i++) {
        const struct operation *operation = operation_at(input, i);
        if (!is_rollout_in(operation, "failed", "failing") || was_told(input, i))
            continue;
        if (input->now_ms - operation->started_ms >= HANDOVER_REVIEW_MS && operation->ended_ms)
            older++;
        else
            add_failed(input, i, items);
    }
    add_older(older, items);
}

static void add_overrides(const struct handover_input *input, const struct rollout *rollout,
                          GPtrArray *items)
{
    for (guint i = 0; i < rollout->overrides->len; i++) {
        const struct override *given = rollout->overrides->pdata[i];
        const struct plan_wave *wave = rollout->plan->waves->pdata[given->wave];
        g_autofree char *when = handover_moment(given->at_ms, input->now_ms);
        g_autofree char *length = given->bake_ms ? duration_config_text(given->bake_ms) : NULL;
        g_autofree char *bake =
            length ? g_strconcat("it bakes for only ", length, NULL) : g_strdup("");
        handover_add(items, STORY_WARN,
                     json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "at",
                               handover_moment_json(given->at_ms), "operation",
                               text_json(rollout->id), "what", "override", "about",
                               text_json(wave->name), "actor", text_json(given->actor), "reason",
                               text_json(given->reason)),
                     "%s: %s broke the glass of %s, wave %s: %s%s%s (%s)", when, given->actor,
                     rollout->id, wave->name, given->window ? "no window held it" : "",
                     given->window && length ? ", " : "", bake,
                     given->reason ? given->reason : "no reason given");
    }
}

/* What somebody acknowledged by name instead of having it proven. */
static void add_acks(const struct handover_input *input, const struct failover *failover,
                     GPtrArray *items)
{
    bool done = failover->plan && failover->state != FAILOVER_REFUSED &&
                failover->plan->kind != FAILOVER_DRILL;
    if (!done || !failover->plan->acks[0])
        return;
    g_autofree char *when = handover_moment(failover->opened_ms, input->now_ms);
    g_autofree char *acks = g_strjoinv(", ", failover->plan->acks);
    handover_add(items, STORY_WARN,
                 json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "at",
                           handover_moment_json(failover->opened_ms), "operation",
                           text_json(failover->id), "what", "ack", "about", text_json(acks),
                           "actor", text_json(failover->requested_by), "reason",
                           text_json(failover->reason)),
                 "%s: %s acknowledged in %s what was not proven: %s (%s)", when,
                 failover->requested_by, failover->id, acks,
                 failover->reason && *failover->reason ? failover->reason : "no reason given");
}

/* What failed, and was gone on without: somebody still has to see to it. */
static void add_done_without(const struct handover_input *input, const struct failover *failover,
                             GPtrArray *items)
{
    g_autoptr(GPtrArray) all = failover_done_without(failover);
    for (guint i = 0; i < all->len; i++) {
        const struct failover_command *command = all->pdata[i];
        g_autofree char *when = handover_moment(command->acked_ms, input->now_ms);
        g_autofree char *words = failover_without_words(failover, command);
        handover_add(items, STORY_WARN,
                     json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "at",
                               handover_moment_json(command->acked_ms), "operation",
                               text_json(failover->id), "what", "ack", "about",
                               command->target ? "promote" : "fence", "actor",
                               text_json(command->acked_by), "reason", text_json(command->error)),
                     "%s: %s went on with %s %s (%s)", when, command->acked_by, failover->id, words,
                     command->error);
    }
}

void handover_debts(const struct handover_input *input, GPtrArray *items)
{
    for (guint i = 0; i < input->rollouts->len; i++)
        add_overrides(input, input->rollouts->pdata[i], items);
    for (guint i = 0; i < input->failovers->len; i++) {
        add_acks(input, input->failovers->pdata[i], items);
        add_done_without(input, input->failovers->pdata[i], items);
    }
}
