/* The conductor's calls to the deployer. What may be begun follows from the cell's state alone, so
 * a call whose outcome was lost with a process is simply due again, under the same token: the
 * deployer finds what the first one began. */
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/fault_point.h"
#include "rollout/rollout_conduct.h"
#include "rollout/state.h"

#include <string.h>

enum { CURRENT_PACE_MS = 10000 };

/* An answer may come after the cell has gone on to another intent: it says what it is about. One
 * that never comes, because the process ends, goes with its watch. */
struct pending {
    GList link; /* in watch->pending */
    struct watch *watch;
    char *token;
    const char *what;
};

static struct pending *pending_new(struct watch *watch, const char *what)
{
    struct pending *pending = g_new(struct pending, 1);
    *pending = (struct pending){.watch = watch, .token = g_strdup(watch->token), .what = what};
    pending->link.data = pending;
    g_queue_push_tail_link(&watch->pending, &pending->link);
    return pending;
}

/* Whether the answer is still about the cell's intent. Frees `pending` through the caller. */
static bool pending_is_current(const struct pending *pending)
{
    return g_strcmp0(pending->token, pending->watch->token) == 0;
}

static void pending_free(struct pending *pending)
{
    g_queue_unlink(&pending->watch->pending, &pending->link);
    g_free(pending->token);
    g_free(pending);
}

static void wake(const struct watch *watch)
{
    struct world *world = watch->rolling->base.world;
    world->wake(world->conductor);
}

void watch_forget_gates(struct watch *watch)
{
    for (size_t i = 0; watch->judged && i < GATE_COUNT; i++)
        gate_result_clear(&watch->gates[i]);
    watch->judged = false;
}

void watch_free(struct watch *watch)
{
    while (watch->pending.head)
        pending_free(watch->pending.head->data);
    g_free(watch->token);
    g_free(watch->call_reference);
    g_free(watch->call_error);
    g_free(watch->done_reference);
    g_free(watch->running.version);
    g_free(watch->running.reference);
    g_free(watch->running.error);
    g_free(watch->lock_holder);
    g_free(watch->busy);
    watch_forget_gates(watch);
    gate_memory_free(watch->memory);
    g_free(watch);
}

bool cell_is_in_flight(const struct rollout_cell *cell)
{
    return cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING ||
           cell->state == CELL_ROLLING_BACK;
}

static void set_text(char **place, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*place);
    *place = copy;
}

void watch_look_anew(struct watch *watch)
{
    watch->progress_known = false;
    watch->since_mono_ms = when_boot_ms();
    watch->running_mono_ms = 0;
    watch->next_progress_mono_ms = watch->next_current_mono_ms = 0;
}

void watch_follow_intent(struct watch *watch, const struct rollout_cell *cell)
{
    if (g_strcmp0(watch->token, cell->token) == 0)
        return;
    set_text(&watch->token, cell->token);
    watch->call = CALL_NONE;
    set_text(&watch->call_reference, NULL);
    set_text(&watch->call_error, NULL);
    set_text(&watch->done_reference, NULL);
    watch->asking_progress = false;
    watch->next_call_mono_ms = 0;
    watch_look_anew(watch);
    watch_forget_gates(watch);
}

bool watch_is_calling(const struct watch *watch)
{
    for (const GList *at = watch->pending.head; at; at = at->next) {
        const char *what = ((const struct pending *)at->data)->what;
        if (strcmp(what, "deploy") == 0 || strcmp(what, "rollback") == 0)
            return true;
    }
    return false;
}

gint64 calls_current_pace_ms(const struct world *world)
{
    return MAX(deployer_poll_ms(world->deployer),
               MIN(world->config->metrics.period_ms, CURRENT_PACE_MS));
}

/* Whether asking again may end otherwise. Nothing is lost by it: the token is the same. */
static bool may_pass(const GError *error)
{
    return aws_error_is_unsure(error) || g_error_matches(error, AWS_ERROR, AWS_ERROR_THROTTLED) ||
           g_error_matches(error, AWS_ERROR, AWS_ERROR_SERVICE) ||
           g_error_matches(error, AWS_ERROR, AWS_ERROR_CREDENTIALS);
}

static void on_called(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct pending *pending = data;
    struct watch *watch = pending->watch;
    fault_point("answered", pending->what);
    if (pending_is_current(pending)) {
        if (answer) {
            watch->call = CALL_TAKEN;
            set_text(&watch->call_reference, answer->reference);
        } else if (may_pass(error)) {
            watch->call = CALL_NONE;
            watch->next_call_mono_ms =
                when_boot_ms() + MAX(deployer_poll_ms(watch->rolling->base.world->deployer), 1000);
            conduct_complain(&watch->rolling->base, pending->what, error);
        } else {
            watch->call = CALL_FAILED;
            set_text(&watch->call_error, error->message);
        }
    }
    wake(watch);
    pending_free(pending);
}

static void begin_call(struct watch *watch, const struct rollout_cell *cell)
{
    struct rolling *rolling = watch->rolling;
    struct deployer *deployer = rolling->base.world->deployer;
    const struct plan_cell *plan = cell->plan;
    bool back = cell->state == CELL_ROLLING_BACK;
    const char *what = back ? "rollback" : "deploy";
    watch->call = CALL_UNDER_WAY;
    fault_point("call", what);
    if (back)
        deployer_rollback(deployer, watch->config,
                          FAULT_SWITCH(ROLLBACK_ELSEWHERE) ? NULL : plan->from_ref, plan->from,
                          cell->token, on_called, pending_new(watch, what));
    else
        deployer_deploy(deployer, watch->config, rolling->rollout->plan->version, plan->from,
                        cell->token, on_called, pending_new(watch, what));
}

static void on_progress(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct pending *pending = data;
    struct watch *watch = pending->watch;
    if (pending_is_current(pending)) {
        watch->asking_progress = false;
        watch->progress_known = watch->progress_known || answer; /* an error tells nothing */
        if (answer && answer->progress != DEPLOY_GOING) {
            watch->call = answer->progress == DEPLOY_DONE ? CALL_DONE : CALL_FAILED;
            set_text(&watch->call_error,
                     answer->note ? answer->note : "the deployer gives no reason");
            set_text(&watch->done_reference, answer->reference);
            watch->running_mono_ms = watch->next_current_mono_ms = 0;
        }
        if (error)
            conduct_complain(&watch->rolling->base, "progress", error);
    }
    wake(watch);
    pending_free(pending);
}

static void ask_progress(struct watch *watch, const struct rollout_cell *cell, gint64 mono_ms)
{
    struct deployer *deployer = watch->rolling->base.world->deployer;
    watch->asking_progress = true;
    watch->next_progress_mono_ms = mono_ms + deployer_poll_ms(deployer);
    if (watch->call == CALL_NONE)
        watch->call = CALL_TAKEN;
    deployer_progress(deployer, watch->config, cell->reference, on_progress,
                      pending_new(watch, "progress"));
}

/* Done, and yet something else runs: the answer may be older than the deploy, or it was overtaken
 * since; the deployer is asked again which. */
static void doubt_done(struct watch *watch)
{
    if (watch->call == CALL_DONE && watch->done_reference && watch->running.reference &&
        strcmp(watch->done_reference, watch->running.reference) != 0)
        watch->call = CALL_TAKEN;
}

static void on_current(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct pending *pending = data;
    struct watch *watch = pending->watch;
    watch->asking_current = false;
    if (pending_is_current(pending)) {
        set_text(&watch->running.version, answer ? answer->version : NULL);
        set_text(&watch->running.reference, answer ? answer->reference : NULL);
        set_text(&watch->running.error, error ? error->message : NULL);
        watch->running_mono_ms = when_boot_ms();
        doubt_done(watch);
        if (error)
            conduct_complain(&watch->rolling->base, "what runs", error);
    }
    wake(watch);
    pending_free(pending);
}

static void ask_current(struct watch *watch, gint64 mono_ms)
{
    struct world *world = watch->rolling->base.world;
    watch->asking_current = true;
    watch->next_current_mono_ms = mono_ms + calls_current_pace_ms(world);
    deployer_current(world->deployer, watch->config, on_current, pending_new(watch, "current"));
}

/* Pending cells of later waves are nobody's business yet. */
static bool wants_current(const struct rolling *rolling, const struct watch *watch,
                          const struct rollout_cell *cell)
{
    switch (cell->state) {
    case CELL_PENDING:
        return cell->wave <= rolling->rollout->wave + 1;
    case CELL_DEPLOYING:
    case CELL_ROLLING_BACK:
        return watch->call == CALL_DONE;
    case CELL_BAKING:
    case CELL_PASSED:
        return true;
    default:
        return false;
    }
}

static void begin_due(struct rolling *rolling, struct watch *watch, const struct rollout_cell *cell,
                      gint64 mono_ms)
{
    bool changing = cell->state == CELL_DEPLOYING || cell->state == CELL_ROLLING_BACK;
    if (changing && cell->token && !cell->called && watch->call == CALL_NONE &&
        mono_ms >= watch->next_call_mono_ms && !cell_is_out(cell, watch->evacuating) &&
        (!cell->evacuated || rolling_has_lock(rolling, watch)) && rolling_may_call(rolling, cell))
        begin_call(watch, cell);
    if (changing && cell->called && watch->call != CALL_DONE && watch->call != CALL_FAILED &&
        !watch->asking_progress && mono_ms >= watch->next_progress_mono_ms)
        ask_progress(watch, cell, mono_ms);
    if (!watch->asking_current && mono_ms >= watch->next_current_mono_ms &&
        wants_current(rolling, watch, cell))
        ask_current(watch, mono_ms);
}

void calls_begin_due(struct rolling *rolling)
{
    gint64 mono_ms = when_boot_ms();
    for (guint i = 0; i < rolling->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(rolling->watches, i);
        if (watch->config)
            begin_due(rolling, watch, g_ptr_array_index(rolling->rollout->cells, i), mono_ms);
    }
}
