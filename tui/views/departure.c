#include "tui/views/departure.h"

#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/failover_draft.h"
#include "rollout/failover_keys.h"
#include "rollout/failover_request.h"
#include "tui/views/ack_asks.h"
#include "tui/views/checks.h"
#include "tui/views/departure_inside.h"

#include <gio/gio.h>
#include <string.h>

static void forget_seen(struct departure *departure)
{
    g_clear_pointer(&departure->seen, snapshot_unref);
    g_clear_pointer(&departure->seen_plans, evacuations_unref);
}

void departure_free(struct departure *departure)
{
    if (!departure)
        return;
    ack_asks_clear(departure->asks, G_N_ELEMENTS(departure->asks));
    char *strings[] = {departure->of,        departure->to,     departure->bound,
                       departure->reason,    departure->ticket, departure->actor,
                       departure->arn,       departure->id,     departure->state_dir,
                       departure->short_keys};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_clear_pointer(&departure->evacuation, evacuation_unref);
    g_clear_pointer(&departure->checks, g_ptr_array_unref);
    forget_seen(departure);
    config_unref(departure->config);
    g_free(departure);
}

/* By the newest that was read. NULL: there is no such cell or tenant. */
static struct evacuation *plan_now(const struct departure *departure, const struct deck *deck)
{
    if (!deck->snapshot)
        return NULL;
    const struct origins *origins = deck_origins(deck);
    return departure->kind == FAILOVER_MOVE
               ? evacuation_of_tenant(deck->snapshot, origins, departure->of, departure->to)
               : evacuation_of(deck->snapshot, origins, departure->of, departure->to);
}

/* Figures move all the time; this must not. */
static char *bound_of(const struct departure *departure, const struct evacuation *evacuation)
{
    GString *bound = g_string_new(evacuation->refused ? "refused\n" : "");
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = g_ptr_array_index(evacuation->tenants, i);
        g_string_append_printf(bound, "%s>%s\n", placed->tenant->id,
                               placed->to ? placed->to->id : "");
    }
    g_string_append_printf(bound, "%s %u", evacuation->cell->id,
                           failover_plan_needs(evacuation, departure->kind));
    return g_string_free(bound, FALSE);
}

/* Each acknowledgement by its name, then why and by which ticket. */
static void set_asks(struct departure *departure)
{
    const struct ack_about about = departure_about(departure);
    ack_asks_clear(departure->asks, G_N_ELEMENTS(departure->asks));
    size_t n = ack_asks_set(departure->asks, &about, departure->needs);
    departure->asks[n++] = (struct dialog_ask){.name = "Reason", .note = "kept in the history"};
    departure->asks[n++] =
        (struct dialog_ask){.name = "Ticket", .note = "Enter for none", .optional = true};
}

/* A drill touches nobody: nothing has to be acknowledged for it. */
static unsigned needs_of(const struct departure *departure, const struct evacuation *evacuation)
{
    if (departure->kind == FAILOVER_DRILL)
        return 0;
    return failover_plan_needs(evacuation, departure->kind) |
           (departure->by_hand ? 1u << PROOF_DNS : 0);
}

/* Of the conductor that is at work, which would carry it on, else our own. */
static char *short_keys(const struct departure *departure, const struct deck *deck)
{
    struct aws_tenure theirs = {0};
    g_autofree char *origin = NULL;
    bool at_work = departure->state_dir && conductor_keys(departure->state_dir, &theirs, &origin);
    return failover_outlasts_keys(
        at_work ? &theirs : &deck->keys,
        failover_length_ms(departure->config, departure->evacuation, departure->kind),
        deck->now_ms);
}

/* Takes `evacuation`. */
static void take(struct departure *departure, const struct deck *deck,
                 struct evacuation *evacuation)
{
    g_clear_pointer(&departure->evacuation, evacuation_unref);
    g_clear_pointer(&departure->checks, g_ptr_array_unref);
    g_free(departure->bound);
    g_free(departure->short_keys);
    departure->evacuation = evacuation;
    departure->bound = bound_of(departure, evacuation);
    departure->checks = checks_of(deck, evacuation, departure->kind);
    departure->needs = needs_of(departure, evacuation);
    departure->short_keys = short_keys(departure, deck);
    forget_seen(departure);
    departure->seen = snapshot_ref(deck->snapshot);
    departure->seen_plans = deck->evacuations ? evacuations_ref(deck->evacuations) : NULL;
    departure->journal_version = deck->journal_version;
    set_asks(departure);
}

bool departure_may_leave_dns(const struct deck *deck)
{
    const struct failover_config *failover = &deck->config->failover;
    return failover->zone_id && failover->record;
}

bool departure_is_under_way(const struct deck *deck, const char *cell)
{
    const struct failover *live = deck_cell_failover(deck, cell);
    return live && live->plan->kind == FAILOVER_FAILOVER;
}

/* False: says why not. */
static bool may_be_asked(const struct deck *deck, const struct departure_ask *ask, GError **error)
{
    if (!deck->write)
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "read-only: nothing was done (`celldeck --write` may %s)",
                    ask->kind == FAILOVER_MOVE    ? "move tenants"
                    : ask->kind == FAILOVER_DRILL ? "drill a failover"
                                                  : "fail a cell over");
    else if (ask->by_hand && !departure_may_leave_dns(deck))
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "there is no zone that could be left alone: celldeck.yaml has no "
                    "failover.zone_id, so the registry alone is changed in any case");
    else
        return true;
    return false;
}

struct departure *departure_new(const struct deck *deck, const struct departure_ask *ask,
                                GError **error)
{
    if (!may_be_asked(deck, ask, error))
        return NULL;
    struct departure *departure = g_new0(struct departure, 1);
    *departure = (struct departure){.kind = ask->kind,
                                    .of = g_strdup(ask->of),
                                    .to = g_strdup(ask->to),
                                    .by_hand = ask->by_hand,
                                    .state_dir = g_strdup(deck->state_dir),
                                    .actor = g_strdup(deck->actor),
                                    .arn = g_strdup(deck->arn),
                                    .config = config_ref(deck->config)};
    struct evacuation *evacuation = plan_now(departure, deck);
    if (!evacuation) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "where %s would go is not known: %s",
                    ask->of,
                    deck->snapshot ? "the registry has it in no cell of ours"
                                   : "nothing has been read yet");
        departure_free(departure);
        return NULL;
    }
    take(departure, deck, evacuation);
    return departure;
}

struct dialog *departure_dialog(const struct departure *departure)
{
    bool may = checks_pass(departure->checks);
    g_autofree char *title = departure_title(departure);
    struct dialog *dialog = dialog_new(title, departure_lines(departure),
                                       may ? departure->asks : NULL, may ? departure->of : NULL);
    dialog->role = may ? ROLE_WARN : ROLE_BAD;
    return dialog;
}

/* What was typed of these stands to be confirmed; what was acknowledged does not. */
static void ask_anew(const struct departure *departure, struct dialog **dialog, const char *reason,
                     const char *ticket)
{
    dialog_free(*dialog);
    *dialog = departure_dialog(departure);
    dialog_prefill(*dialog, "Reason", reason);
    dialog_prefill(*dialog, "Ticket", ticket);
    dialog_refuse(*dialog, "it has changed since you were asked: read it again");
}

bool departure_follow(struct departure *departure, const struct deck *deck, struct dialog **dialog)
{
    if (departure->seen == deck->snapshot && departure->seen_plans == deck->evacuations &&
        departure->journal_version == deck->journal_version)
        return false;
    struct evacuation *evacuation = plan_now(departure, deck);
    if (!evacuation)
        return false;
    bool could = (*dialog)->expected != NULL;
    g_autofree char *before = g_strdup(departure->bound);
    g_autofree char *reason = g_strdup(dialog_typed(*dialog, "Reason"));
    g_autofree char *ticket = g_strdup(dialog_typed(*dialog, "Ticket"));
    take(departure, deck, evacuation);
    if (strcmp(before, departure->bound) == 0 && could == checks_pass(departure->checks)) {
        dialog_reword(*dialog, departure_lines(departure));
        return false;
    }
    ask_anew(departure, dialog, reason, ticket);
    return true;
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source, (void)cancellable;
    struct departure *departure = data;
    GError *error = NULL;
    const struct failover_ask ask = {.kind = departure->kind,
                                     .evacuation = departure->evacuation,
                                     .acks = departure->acks,
                                     .reason = departure->reason,
                                     .ticket = departure->ticket,
                                     .by_hand = departure->by_hand};
    const struct person person = {departure->actor, departure->arn};
    g_autofree char *refused = NULL;
    OWN(journal) journal = journal_open(departure->config, departure->state_dir, &error);
    departure->id =
        journal ? failover_begin(journal, &ask, &person, when_now_ms(), &refused, &error) : NULL;
    if (refused)
        g_prefix_error(&error, "nothing was done, and the refusal is on record as %s: ", refused);
    if (departure->id && conductor_spawn(departure->config, departure->state_dir, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void on_done(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    const struct departure *departure = data;
    g_autoptr(GError) error = NULL;
    g_task_propagate_boolean(G_TASK(result), &error);
    if (error && departure->id)
        g_prefix_error(&error, "%s is on record, but nobody carries it on yet: ", departure->id);
    departure->fn(departure->id, error, departure->data);
}

static void free_departure(gpointer departure)
{
    departure_free(departure);
}

/* At the last moment once more: it must be what was asked, by what was read since. */
static GError *moved(struct departure *departure, const struct deck *deck)
{
    struct evacuation *evacuation = plan_now(departure, deck);
    g_autofree char *bound = evacuation ? bound_of(departure, evacuation) : NULL;
    if (g_strcmp0(bound, departure->bound) != 0) {
        g_clear_pointer(&evacuation, evacuation_unref);
        return g_error_new(CD_ERROR, CD_ERROR_REFUSED,
                           "who would go where from %s has changed since you were asked; nothing "
                           "was done: look at the plan again",
                           departure->of);
    }
    evacuation_unref(departure->evacuation);
    departure->evacuation = evacuation;
    return NULL;
}

void departure_begin(struct departure *departure, const struct deck *deck,
                     const struct dialog *dialog, departure_fn fn, gpointer data)
{
    departure->fn = fn;
    departure->data = data;
    departure->reason = g_strdup(dialog_typed(dialog, "Reason"));
    departure->ticket = g_strdup(dialog_typed(dialog, "Ticket"));
    departure->acks = ack_asks_typed(dialog);
    GError *error = moved(departure, deck);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, departure);
    g_task_set_task_data(task, departure, free_departure);
    if (error)
        g_task_return_error(task, error);
    else
        g_task_run_in_thread(task, work);
}
