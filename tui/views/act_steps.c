/* Acts on a failover, a drill or a move that is under way: it goes on, or what it did is taken
 * back. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_request.h"
#include "tui/views/act_side.h"
#include "tui/views/steps_head.h"

#include <string.h>

static const struct dialog_ask reason[] = {{.name = "Reason", .note = "kept in the history"},
                                           {NULL}};

/* The team's own command that failed is run again, unless it is acknowledged by its name. */
static char *not_fence(const char *text, gconstpointer about)
{
    (void)about;
    return strcmp(text, "fence") == 0 ? NULL : g_strdup("type fence, or nothing");
}

static char *not_promote(const char *text, gconstpointer about)
{
    (void)about;
    return strcmp(text, "promote") == 0 ? NULL : g_strdup("type promote, or nothing");
}

static const struct dialog_ask without_fence[] = {
    {.name = "fence",
     .note = "Enter runs it again; type fence to go on without it, on record",
     .optional = true,
     .wrong = not_fence},
    {NULL}};
static const struct dialog_ask without_promote[] = {
    {.name = "promote",
     .note = "Enter runs it again; type promote to go on without it, on record",
     .optional = true,
     .wrong = not_promote},
    {NULL}};

struct way {
    enum request request;
    const char *what, *verb, *effect; /* `what` as failover_refuses() has it */
    const struct dialog_ask *asks;
};
static const struct way ways[] = {
    {REQUEST_RESUME, "resume", "Resume",
     "goes on with what is left, and repeats nothing that is done", NULL},
    {REQUEST_REVERT, "revert", "Revert",
     "takes back what it has done, last things first, and only that", reason},
};

static const struct way *way_of(enum request request)
{
    return &ways[request == REQUEST_REVERT];
}

static const struct dialog_ask *asks_of(const struct failover *failover, const struct way *way)
{
    const char *ack = way->request == REQUEST_RESUME ? failover_may_ack(failover) : NULL;
    return !ack ? way->asks : strcmp(ack, "fence") == 0 ? without_fence : without_promote;
}

/* NULL: it can be. Caller frees. */
static char *refusal(const struct deck *deck, const struct failover *failover,
                     const struct way *way)
{
    if (!deck->write)
        return g_strdup_printf("read-only: nothing was done (`celldeck --write` may %s)",
                               way->what);
    g_autofree char *why = failover_refuses(failover, way->what);
    return why ? g_strdup_printf("can't %s: %s", way->what, why) : NULL;
}

static bool can(const struct deck *deck, enum request request, const char *cell)
{
    (void)cell;
    const struct failover *failover = deck_failover(deck, deck->operation);
    g_autofree char *why = failover ? refusal(deck, failover, way_of(request)) : NULL;
    return failover && !why;
}

/* Whom it may still touch: of what is being done meanwhile no figure is bound to. */
static char *blast_of(const struct failover *failover)
{
    const struct failover_plan *plan = failover->plan;
    g_autofree char *cells = text_counted((gint64)plan->targets->len + 1, "cell");
    g_autofree char *tenants = text_counted((gint64)plan->tenants->len, "tenant");
    g_autofree char *users = text_counted(failover_plan_users(plan), "user");
    return g_strdup_printf("Blast radius, at most: %s, %s, %s", cells, tenants, users);
}

/* Of a move: its data has gone, or goes just now, and is ended before anything else is done. */
static void add_data(GPtrArray *lines, const struct failover *failover,
                     const struct failover_tenant *tenant)
{
    bool goes = failover->intent.act == ACT_DATA;
    if (tenant->copied || goes)
        g_ptr_array_add(lines,
                        g_strdup_printf("▲ The data of %s %s moved by move.command, and nothing "
                                        "here moves it back",
                                        tenant->plan->id, tenant->copied ? "was" : "is being"));
}

static void add_done_without(GPtrArray *lines, const struct failover *failover)
{
    g_autoptr(GPtrArray) all = failover_done_without(failover);
    for (guint i = 0; i < all->len; i++) {
        const struct failover_command *command = all->pdata[i];
        g_ptr_array_add(
            lines,
            g_strdup_printf("▲ %s was gone on without: whatever was done by "
                            "hand to %s %s stays so",
                            command->target ? "failover.promote.command" : "failover.fence.command",
                            command->target ? "promote" : "fence",
                            command->target ? command->target->cell : failover->plan->source));
    }
}

/* Nothing here undoes what the user's own commands and their own hands did: whoever goes back finds
 * it so. */
static void add_stays(GPtrArray *lines, const struct failover *failover)
{
    if (!failover->plan->dns)
        g_ptr_array_add(lines, g_strdup("▲ The records were left to you: those that you have "
                                        "changed are yours to change back"));
    for (guint i = 0; i < failover->tenants->len; i++)
        add_data(lines, failover, failover_tenant_at(failover, i));
    add_done_without(lines, failover);
    if (failover->fence.done)
        g_ptr_array_add(lines, g_strdup_printf("▲ %s was fenced (failover.fence.command), and "
                                               "stays so: it takes no writes until you lift that",
                                               failover->plan->source));
    for (guint i = 0; i < failover->promotes->len; i++) {
        const struct failover_command *promote =
            &g_array_index(failover->promotes, struct failover_command, i);
        if (promote->done && promote->target)
            g_ptr_array_add(lines, g_strdup_printf("▲ %s was made writable "
                                                   "(failover.promote.command), and stays so",
                                                   promote->target->cell));
    }
}

/* What it comes to if the command that failed is acknowledged rather than run again. */
static void add_without(GPtrArray *lines, const struct failover *failover)
{
    const struct failover_command *failed = failover_failed_command(failover);
    if (!failed)
        return;
    g_autofree char *words = failover_without_words(failover, failed);
    g_ptr_array_add(lines, g_strdup_printf("▲ Acknowledged, it goes on %s", words));
}

/* An acknowledgement is of the failure that was seen, and of no other. */
static char *bound_to(const struct act *act, const struct failover *failover)
{
    const char *ack = act->request == REQUEST_RESUME ? failover_may_ack(failover) : NULL;
    const char *state = failover_state_name(failover->state);
    return ack ? g_strdup_printf("%s: %s failed, event %" G_GINT64_FORMAT, state, ack,
                                 failover->seq)
               : g_strdup(state);
}

static struct sight look(const struct act *act, const struct failover *failover)
{
    struct sight sight = {.lines = g_ptr_array_new_with_free_func(g_free)};
    const struct failover_plan *plan = failover->plan;
    g_ptr_array_add(sight.lines,
                    g_strdup_printf("%s %s", failover->id, way_of(act->request)->effect));
    g_ptr_array_add(sight.lines, blast_of(failover));
    if (act->request == REQUEST_REVERT)
        add_stays(sight.lines, failover);
    else
        add_without(sight.lines, failover);
    for (guint i = 0; i < plan->targets->len; i++) {
        const struct planned_target *target = g_ptr_array_index(plan->targets, i);
        bool revert = act->request == REQUEST_REVERT;
        g_ptr_array_add(sight.lines,
                        g_strdup_printf("  %s → %s", revert ? target->cell : plan->source,
                                        revert ? plan->source : target->cell));
    }
    g_autofree char *progress = failover_progress_words(failover);
    const char *why = failover_cause(failover);
    sight.note = g_strdup_printf("By now: %s%s%s", progress, why ? ". Held: " : "", why ? why : "");
    sight.bound = bound_to(act, failover);
    return sight;
}

static struct act *prepare(const struct deck *deck, enum request request, const char *cell,
                           GError **error)
{
    (void)cell;
    const struct failover *failover = deck_failover(deck, deck->operation);
    if (!failover || !failover->plan) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no failover or move to act on");
        return NULL;
    }
    g_autofree char *why = refusal(deck, failover, way_of(request));
    if (why) {
        g_set_error_literal(error, CD_ERROR, CD_ERROR_REFUSED, why);
        return NULL;
    }
    struct act *act = act_new(deck, &act_on_steps, request, failover->id);
    act->asks = asks_of(failover, way_of(request));
    act->cell = g_strdup(failover->plan->source);
    act->expected = g_strdup(failover->plan->source);
    act->sight = look(act, failover);
    return act;
}

static char *said_of(const struct act *act)
{
    return g_strdup_printf("%s %s", way_of(act->request)->verb, act->operation);
}

static char *title_of(const struct act *act)
{
    return g_strdup_printf("%s %s (%s)", way_of(act->request)->verb, act->operation, act->cell);
}

static char *sees(const struct act *act, const struct deck *deck, struct sight *now)
{
    const struct failover *failover = deck_failover(deck, act->operation);
    if (!failover)
        return NULL;
    char *why = refusal(deck, failover, way_of(act->request));
    if (!why && act->asks != asks_of(failover, way_of(act->request)))
        why = g_strdup("it is held by something else now");
    if (!why)
        *now = look(act, failover);
    return why;
}

/* And up to which event. */
static bool still_as_seen(struct journal *journal, const struct act *act, gint64 *seq,
                          GError **error)
{
    OWN(failover) failover = failover_load(journal, act->operation, error);
    if (!failover) {
        if (error && !*error)
            g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "there is no %s any more",
                        act->operation);
        return false;
    }
    struct sight now = look(act, failover);
    bool same = sight_same(&now, &act->sight);
    *seq = failover->seq;
    if (!same)
        act_moved_on(act, &now, error);
    sight_clear(&now);
    return same;
}

static bool put(struct journal *journal, const struct act *act, GError **error)
{
    gint64 now_ms = when_now_ms();
    gint64 seq = 0;
    if (!still_as_seen(journal, act, &seq, error))
        return false;
    const struct failover_ack ack = {act->ack, seq};
    return failover_request(journal, act->operation, way_of(act->request)->what, act->reason,
                            act->ack && *act->ack ? &ack : NULL, &act->person, now_ms, error);
}

const struct act_side act_on_steps = {
    .can = can,
    .prepare = prepare,
    .title = title_of,
    .said = said_of,
    .sees = sees,
    .put = put,
};
