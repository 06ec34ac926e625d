/* The deck's view of the journal. */
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/story.h"
#include "tui/views/deck.h"

#include <string.h>

#define OPERATIONS_READ 500 /* the history screen's depth; `history list` has all */
#define FOLDED          8   /* of a kind, beside what is live or chosen */
#define TAIL_OPERATIONS 6
#define TAIL_EVENTS     150
#define CONDUCTORS_MS   1500 /* how old what is known of conductors may grow */
#define RECORD_MS       5000 /* the same of whether anything can be put on record */

static void set_journal_error(struct deck *deck, const GError *error)
{
    g_free(deck->journal_error);
    deck->journal_error = error ? g_strdup(error->message) : NULL;
}

/* Readers beside a history that nobody has begun yet simply find none. */
static bool open_journal(struct deck *deck)
{
    if (deck->journal || !deck->state_dir)
        return deck->journal != NULL;
    g_autofree char *file = g_build_filename(deck->state_dir, "history.db", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return false;
    g_autoptr(GError) error = NULL;
    deck->journal = journal_open_read_only(deck->state_dir, &error);
    set_journal_error(deck, error);
    return deck->journal != NULL;
}

static void replace(GPtrArray **array, GPtrArray *with)
{
    g_ptr_array_unref(*array);
    *array = with;
}

/* Of a picture that is held still no event is seen that came later: of an operation that was known
 * then, by its number, of any other by its time. */
static bool came_later(const struct deck *deck, const struct event *event)
{
    const struct operation *known = deck_operation(deck, event->stream);
    return deck->held_ms > 0 && (known ? event->seq > known->events : event->at_ms > deck->held_ms);
}

static GPtrArray *read_events(const struct deck *deck, const char *id, gint64 from, GError **error)
{
    GPtrArray *events = journal_read(deck->journal, id, from, error);
    while (events && events->len > 0 && came_later(deck, events->pdata[events->len - 1]))
        g_ptr_array_set_size(events, (gint)events->len - 1);
    return events;
}

/* A rollout that has no new events since the last reading is kept as it was folded. */
static struct rollout *fold(struct deck *deck, const struct operation *operation, GPtrArray *known)
{
    for (guint i = 0; i < known->len; i++) {
        struct rollout *rollout = g_ptr_array_index(known, i);
        if (strcmp(rollout->id, operation->id) == 0 && rollout->seq == operation->events)
            return g_ptr_array_steal_index(known, i);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = read_events(deck, operation->id, 1, &error);
    struct rollout *rollout = events ? rollout_fold(operation->id, events, &error) : NULL;
    if (error)
        set_journal_error(deck, error);
    return rollout;
}

/* The same of a failover. */
static struct failover *fold_failover(struct deck *deck, const struct operation *operation,
                                      GPtrArray *known)
{
    for (guint i = 0; i < known->len; i++) {
        struct failover *failover = g_ptr_array_index(known, i);
        if (strcmp(failover->id, operation->id) == 0 && failover->seq == operation->events)
            return g_ptr_array_steal_index(known, i);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = read_events(deck, operation->id, 1, &error);
    struct failover *failover = events ? failover_fold(operation->id, events, &error) : NULL;
    if (error)
        set_journal_error(deck, error);
    return failover;
}

static bool is_wanted(const struct deck *deck, const struct operation *operation, guint have)
{
    bool chosen = g_strcmp0(operation->id, deck->operation) == 0;
    return operation->ended_ms == 0 || chosen || have < FOLDED;
}

static void fold_failovers(struct deck *deck)
{
    GPtrArray *fresh = g_ptr_array_new_with_free_func((GDestroyNotify)failover_free);
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (!deck_kind_has_steps(operation->kind) || !is_wanted(deck, operation, fresh->len))
            continue;
        struct failover *failover = fold_failover(deck, operation, deck->failovers);
        if (failover)
            g_ptr_array_add(fresh, failover);
    }
    replace(&deck->failovers, fresh);
}

static void fold_rollouts(struct deck *deck)
{
    GPtrArray *fresh = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free);
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (g_strcmp0(operation->kind, "rollout") != 0 || !is_wanted(deck, operation, fresh->len))
            continue;
        struct rollout *rollout = fold(deck, operation, deck->rollouts);
        if (rollout)
            g_ptr_array_add(fresh, rollout);
    }
    replace(&deck->rollouts, fresh);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? 1 : -1;
    return x->seq < y->seq ? 1 : x->seq > y->seq ? -1 : 0;
}

/* Each step of each batch of a failover: what it came to is told by what follows. */
static bool is_a_step(const struct event *event)
{
    static const char *const steps[] = {"registry.intent", "registry.done", "dns.read",
                                        "dns.intent",      "dns.called",    "dns.insync"};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (strcmp(event->type, steps[i]) == 0)
            return true;
    return false;
}

bool deck_worth_telling(const struct event *event)
{
    if (is_a_step(event))
        return false;
    if (strcmp(event->type, "gate") != 0)
        return story_is_news(event) && !g_str_has_suffix(event->type, ".called");
    const char *verdict = json_string_value(json_object_get(event->data, "verdict"));
    return g_strcmp0(verdict, verdict_name(VERDICT_FAIL)) == 0 ||
           g_strcmp0(verdict, verdict_name(VERDICT_HOLD)) == 0;
}

/* What an operation came to as a whole. */
static bool is_of_all(const struct event *event)
{
    return strcmp(event->type, "opened") == 0 || strcmp(event->type, "state") == 0;
}

/* Moves all events of `from` that are about `cell` (NULL: any) and news into `into`; `all`: what it
 * came to as a whole is about each of its cells. */
static void take_events(GPtrArray *from, const char *cell, bool all, GPtrArray *into)
{
    for (guint i = from->len; i-- > 0;) {
        struct event *event = g_ptr_array_index(from, i);
        bool about = !cell || g_strcmp0(story_cell(event), cell) == 0 || (all && is_of_all(event));
        if (about && deck_worth_telling(event))
            g_ptr_array_add(into, g_ptr_array_steal_index(from, i));
    }
}

/* The last events of the newest operations, in one list. */
static GPtrArray *read_recent(struct deck *deck, const char *cell, gint64 each)
{
    GPtrArray *into = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    guint read = 0, most = cell ? DECK_CELL_OPERATIONS : TAIL_OPERATIONS;
    for (guint i = 0; i < deck->operations->len && read < most; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (cell && !g_strv_contains((const char *const *)operation->cells, cell))
            continue;
        read++;
        gint64 from = each > 0 ? MAX(1, operation->events - each + 1) : 1;
        g_autoptr(GPtrArray) events = read_events(deck, operation->id, from, NULL);
        if (events)
            take_events(events, cell, strcmp(operation->kind, "rollout") != 0, into);
    }
    g_ptr_array_sort(into, newest_first);
    return into;
}

/* Once for each rollout that is chosen: what lies behind it is over and stays as it is. */
static void read_last_time(struct deck *deck)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout || g_strcmp0(deck->last_of, rollout->id) == 0)
        return;
    g_clear_pointer(&deck->last, last_time_free);
    g_autoptr(GError) error = NULL;
    deck->last = last_time_read(deck->journal, deck->operations, rollout, &error);
    g_free(deck->last_of);
    deck->last_of = deck->last ? g_strdup(rollout->id) : NULL;
    if (error)
        set_journal_error(deck, error);
}

static void read_chosen(struct deck *deck)
{
    if (!deck->journal)
        return;
    if (deck->cell)
        replace(&deck->cell_events, read_recent(deck, deck->cell, 0));
    if (!deck->operation)
        return;
    GPtrArray *events = read_events(deck, deck->operation, 1, NULL);
    if (events)
        replace(&deck->events, events);
    read_last_time(deck);
}

/* True if it is another one than before. Takes `trouble`. */
static bool set_trouble(char **place, char *trouble)
{
    bool same = g_strcmp0(trouble, *place) == 0;
    g_free(*place);
    *place = trouble;
    return !same;
}

static bool take_copy_trouble(struct deck *deck)
{
    return set_trouble(&deck->copy_trouble, journal_follower_trouble(deck->follower));
}

/* A shared journal is no file of ours. */
static bool take_record_trouble(struct deck *deck)
{
    gint64 now_ms = when_mono_ms();
    bool looked = deck->record_looked_ms && now_ms - deck->record_looked_ms < RECORD_MS;
    if (looked || !deck->state_dir || config_journal_is_shared(deck->config))
        return false;
    deck->record_looked_ms = now_ms;
    bool able;
    char *trouble = state_dir_trouble(deck->state_dir, deck->write, &able);
    deck->cant_act = !able;
    return set_trouble(&deck->no_record, trouble);
}

bool deck_read_journal(struct deck *deck, bool anyway)
{
    bool copy = take_copy_trouble(deck), told = take_record_trouble(deck) || copy;
    if (!open_journal(deck))
        return told;
    gint64 version = journal_version(deck->journal);
    if (version == deck->journal_version && !anyway)
        return told;
    g_autoptr(GError) error = NULL;
    GPtrArray *operations = history_operations(deck->journal, OPERATIONS_READ, &error);
    set_journal_error(deck, error);
    if (!operations) /* the next look tries again */
        return true;
    deck->journal_version = version;
    replace(&deck->operations, operations);
    fold_rollouts(deck);
    fold_failovers(deck);
    deck->conductors_read_ms = 0;
    replace(&deck->tail, read_recent(deck, NULL, TAIL_EVENTS));
    read_chosen(deck);
    return true;
}

static void set_choice(char **choice, const char *id)
{
    if (!id || g_strcmp0(*choice, id) == 0)
        return;
    g_free(*choice);
    *choice = g_strdup(id);
}

void deck_choose(struct deck *deck, const char *cell, const char *tenant, const char *operation)
{
    set_choice(&deck->cell, cell);
    set_choice(&deck->tenant, tenant);
    set_choice(&deck->operation, operation);
    if (operation && deck->journal && !deck_rollout(deck, operation))
        fold_rollouts(deck);
    if (operation && deck->journal && !deck_failover(deck, operation))
        fold_failovers(deck);
    if (cell || operation)
        read_chosen(deck);
}

static void free_info(gpointer p)
{
    conductor_info_clear(p);
    g_free(p);
}

GHashTable *deck_conductors_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_info);
}

static void look_at_conductor(struct deck *deck, const char *id)
{
    struct conductor_info info = {0};
    if (conductor_find(deck->journal, id, &info))
        g_hash_table_insert(deck->conductors, g_strdup(id), g_memdup2(&info, sizeof info));
}

void deck_look_at_conductors(struct deck *deck)
{
    gint64 now_ms = when_mono_ms();
    if (!deck->journal || now_ms - deck->conductors_read_ms < CONDUCTORS_MS)
        return;
    deck->conductors_read_ms = now_ms;
    g_hash_table_remove_all(deck->conductors);
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (!rollout_state_final(rollout->state))
            look_at_conductor(deck, rollout->id);
    }
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (!failover_state_final(failover->state))
            look_at_conductor(deck, failover->id);
    }
}
