#include "tui/views/deck.h"

#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/story.h"

#include <string.h>

#define OPERATIONS_READ 500 /* the history screen's depth; `history list` has all */
#define ROLLOUTS_FOLDED 8
#define TAIL_OPERATIONS 6
#define TAIL_EVENTS     150

struct deck *deck_new(struct config *config, const char *state_dir)
{
    struct deck *deck = g_new0(struct deck, 1);
    deck->config = config_ref(config);
    deck->state_dir = g_strdup(state_dir);
    deck->now_ms = when_now_ms();
    deck->operations = g_ptr_array_new();
    deck->rollouts = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free);
    deck->tail = g_ptr_array_new();
    deck->events = g_ptr_array_new();
    deck->cell_events = g_ptr_array_new();
    deck->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    deck->filter = g_strdup("");
    return deck;
}

void deck_free(struct deck *deck)
{
    if (!deck)
        return;
    GPtrArray *arrays[] = {deck->operations, deck->rollouts, deck->tail, deck->events,
                           deck->cell_events};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    char *strings[] = {deck->cell,  deck->tenant, deck->operation, deck->filter,
                       deck->actor, deck->notice, deck->state_dir, deck->journal_error};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_hash_table_unref(deck->changed);
    if (deck->snapshot)
        snapshot_unref(deck->snapshot);
    if (deck->journal)
        journal_close(deck->journal);
    config_unref(deck->config);
    g_free(deck);
}

void deck_say(struct deck *deck, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_free(deck->notice);
    deck->notice = g_strdup_vprintf(format, args);
    va_end(args);
    deck->notice_role = role;
}

/* --- the fleet ----------------------------------------------------------------------------------
 */

static void note_change(struct deck *deck, const struct cell *cell)
{
    const struct cell *before = deck_cell(deck, cell->config->id);
    if (!before || before->health == HEALTH_UNKNOWN)
        return; /* the first reading is no change */
    bool version = before->version && g_strcmp0(before->version, cell->version) != 0;
    if (before->health == cell->health && !version)
        return;
    gint64 *at = g_memdup2(&deck->now_ms, sizeof deck->now_ms);
    g_hash_table_insert(deck->changed, g_strdup(cell->config->id), at);
}

void deck_set_snapshot(struct deck *deck, struct snapshot *snapshot)
{
    for (size_t i = 0; deck->snapshot && !deck->from_cache && i < snapshot->n_cells; i++)
        note_change(deck, &snapshot->cells[i]);
    deck->from_cache = false;
    struct snapshot *before = deck->snapshot;
    deck->snapshot = snapshot_ref(snapshot);
    if (before)
        snapshot_unref(before);
}

const struct cell *deck_cell(const struct deck *deck, const char *id)
{
    return deck->snapshot && id ? snapshot_cell(deck->snapshot, id) : NULL;
}

static bool wave_takes(const struct wave_config *wave, const struct cell_config *cell)
{
    if (g_strv_contains((const char *const *)wave->exclude, cell->id))
        return false;
    if (g_strv_contains((const char *const *)wave->cells, cell->id))
        return true;
    return wave->has_class && wave->class == cell->class;
}

const char *deck_wave(const struct deck *deck, const struct cell_config *cell)
{
    for (guint i = 0; i < deck->config->waves->len; i++) {
        const struct wave_config *wave = g_ptr_array_index(deck->config->waves, i);
        if (wave_takes(wave, cell))
            return wave->name;
    }
    const struct cell_config *primary =
        cell->stands_by_for ? config_cell(deck->config, cell->stands_by_for) : NULL;
    return primary && primary != cell && !primary->stands_by_for ? deck_wave(deck, primary) : NULL;
}

/* --- the journal --------------------------------------------------------------------------------
 */

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

/* A rollout that has no new events since the last reading is kept as it was folded. */
static struct rollout *fold(struct deck *deck, const struct operation *operation, GPtrArray *known)
{
    for (guint i = 0; i < known->len; i++) {
        struct rollout *rollout = g_ptr_array_index(known, i);
        if (strcmp(rollout->id, operation->id) == 0 && rollout->seq == operation->events)
            return g_ptr_array_steal_index(known, i);
    }
    g_autoptr(GError) error = NULL;
    struct rollout *rollout = rollout_load(deck->journal, operation->id, &error);
    if (error)
        set_journal_error(deck, error);
    return rollout;
}

static void fold_rollouts(struct deck *deck)
{
    GPtrArray *fresh = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free);
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        bool chosen = g_strcmp0(operation->id, deck->operation) == 0;
        bool wanted = operation->ended_ms == 0 || chosen || fresh->len < ROLLOUTS_FOLDED;
        if (!wanted || g_strcmp0(operation->kind, "rollout") != 0)
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

bool deck_worth_telling(const struct event *event)
{
    if (strcmp(event->type, "gate") != 0)
        return !g_str_has_suffix(event->type, ".called");
    const char *verdict = json_string_value(json_object_get(event->data, "verdict"));
    return g_strcmp0(verdict, verdict_name(VERDICT_FAIL)) == 0 ||
           g_strcmp0(verdict, verdict_name(VERDICT_HOLD)) == 0;
}

/* Moves all events of `from` that are about `cell` (NULL: any) and news into `into`. */
static void take_events(GPtrArray *from, const char *cell, GPtrArray *into)
{
    for (guint i = from->len; i-- > 0;) {
        struct event *event = g_ptr_array_index(from, i);
        bool about = !cell || g_strcmp0(story_cell(event), cell) == 0;
        if (about && deck_worth_telling(event))
            g_ptr_array_add(into, g_ptr_array_steal_index(from, i));
    }
}

/* The last events of the newest operations, in one list. */
static GPtrArray *read_recent(struct deck *deck, const char *cell, gint64 each)
{
    GPtrArray *into = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    guint read = 0;
    for (guint i = 0; i < deck->operations->len && read < TAIL_OPERATIONS; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (cell && !g_strv_contains((const char *const *)operation->cells, cell))
            continue;
        read++;
        gint64 from = each > 0 ? MAX(1, operation->events - each + 1) : 1;
        g_autoptr(GPtrArray) events = journal_read(deck->journal, operation->id, from, NULL);
        if (events)
            take_events(events, cell, into);
    }
    g_ptr_array_sort(into, newest_first);
    return into;
}

static void read_chosen(struct deck *deck)
{
    if (!deck->journal)
        return;
    if (deck->cell)
        replace(&deck->cell_events, read_recent(deck, deck->cell, 0));
    if (!deck->operation)
        return;
    GPtrArray *events = journal_read(deck->journal, deck->operation, 1, NULL);
    if (events)
        replace(&deck->events, events);
    struct conductor_info info = {0};
    deck->conducted = conductor_find(deck->journal, deck->operation, &info) && info.alive;
    conductor_info_clear(&info);
}

bool deck_read_journal(struct deck *deck, bool anyway)
{
    if (!open_journal(deck))
        return false;
    gint64 version = journal_version(deck->journal);
    if (version == deck->journal_version && !anyway)
        return false;
    deck->journal_version = version;
    g_autoptr(GError) error = NULL;
    GPtrArray *operations = history_operations(deck->journal, OPERATIONS_READ, &error);
    set_journal_error(deck, error);
    if (!operations)
        return true;
    replace(&deck->operations, operations);
    fold_rollouts(deck);
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
    if (cell || operation)
        read_chosen(deck);
}

struct rollout *deck_rollout(const struct deck *deck, const char *id)
{
    for (guint i = 0; id && i < deck->rollouts->len; i++) {
        struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (strcmp(rollout->id, id) == 0)
            return rollout;
    }
    return NULL;
}

const struct operation *deck_operation(const struct deck *deck, const char *id)
{
    for (guint i = 0; id && i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (strcmp(operation->id, id) == 0)
            return operation;
    }
    return NULL;
}

struct rollout *deck_first_rollout(const struct deck *deck)
{
    for (guint i = 0; i < deck->rollouts->len; i++) {
        struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (!rollout_state_final(rollout->state))
            return rollout;
    }
    return deck->rollouts->len ? g_ptr_array_index(deck->rollouts, 0) : NULL;
}

struct rollout_cell *deck_cell_rollout(const struct deck *deck, const char *cell,
                                       struct rollout **rollout)
{
    for (guint i = 0; i < deck->rollouts->len; i++) {
        *rollout = g_ptr_array_index(deck->rollouts, i);
        struct rollout_cell *part = rollout_cell(*rollout, cell);
        bool told =
            part && (part->state != CELL_PENDING || !rollout_state_final((*rollout)->state));
        if (told)
            return part;
    }
    return NULL;
}
