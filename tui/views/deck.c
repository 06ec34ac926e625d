#include "tui/views/deck.h"

#include "data/base/when.h"

#include <string.h>

struct deck *deck_new(struct config *config, const char *state_dir)
{
    struct deck *deck = g_new0(struct deck, 1);
    deck->config = config_ref(config);
    deck->state_dir = g_strdup(state_dir);
    deck->now_ms = when_now_ms();
    deck->operations = g_ptr_array_new();
    deck->rollouts = g_ptr_array_new_with_free_func((GDestroyNotify)rollout_free);
    deck->failovers = g_ptr_array_new_with_free_func((GDestroyNotify)failover_free);
    deck->tail = g_ptr_array_new();
    deck->events = g_ptr_array_new();
    deck->cell_events = g_ptr_array_new();
    deck->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    deck->conductors = deck_conductors_new();
    deck->filter = g_strdup("");
    notices_init(&deck->notices);
    deck->keymap = keymap_new();
    return deck;
}

void deck_free(struct deck *deck)
{
    if (!deck)
        return;
    GPtrArray *arrays[] = {deck->operations, deck->rollouts, deck->failovers,
                           deck->tail,       deck->events,   deck->cell_events};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    char *strings[] = {deck->cell,          deck->tenant,       deck->operation, deck->filter,
                       deck->actor,         deck->host,         deck->arn,       deck->state_dir,
                       deck->journal_error, deck->copy_trouble, deck->no_record, deck->last_of,
                       deck->subject};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    notices_release(&deck->notices);
    preferences_free(deck->preferences);
    g_free(deck->theme);
    keymap_free(deck->keymap);
    if (deck->releases)
        g_ptr_array_unref(deck->releases);
    g_free(deck->releases_error);
    release_changes_free(deck->changes);
    last_time_free(deck->last);
    g_hash_table_unref(deck->changed);
    g_hash_table_unref(deck->conductors);
    g_clear_pointer(&deck->evacuations, evacuations_unref);
    if (deck->snapshot)
        snapshot_unref(deck->snapshot);
    if (deck->since)
        snapshot_unref(deck->since);
    if (deck->journal)
        journal_close(deck->journal);
    journal_unfollow(deck->follower);
    config_unref(deck->config);
    g_free(deck);
}

void deck_say(struct deck *deck, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    notices_say(&deck->notices, role, text, true);
}

void deck_hint(struct deck *deck, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    notices_say(&deck->notices, ROLE_DIM, text, false);
}

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

void deck_set_releases(struct deck *deck, GPtrArray *list, char *error)
{
    g_free(deck->releases_error);
    deck->releases_error = error;
    if (!list)
        return;
    g_clear_pointer(&deck->releases, g_ptr_array_unref);
    deck->releases = list;
}

void deck_set_snapshot(struct deck *deck, struct snapshot *snapshot)
{
    for (size_t i = 0; deck->snapshot && !deck->from_cache && i < snapshot->n_cells; i++)
        note_change(deck, &snapshot->cells[i]);
    deck->from_cache = deck->poller && poller_shows_cache(deck->poller);
    struct snapshot *before = deck->snapshot;
    deck->snapshot = snapshot_ref(snapshot);
    if (before)
        snapshot_unref(before);
}

bool deck_take_evacuations(struct deck *deck, struct evacuations *evacuations)
{
    struct evacuations *before = deck->evacuations;
    deck->evacuations = evacuations;
    if (before)
        evacuations_unref(before);
    return evacuations != before;
}

const struct origins *deck_origins(const struct deck *deck)
{
    return deck->evacuations ? deck->evacuations->origins : NULL;
}

const struct evacuation *deck_evacuation(const struct deck *deck, const char *cell)
{
    return deck->evacuations && cell ? evacuations_cell(deck->evacuations, cell) : NULL;
}

const struct cell *deck_cell(const struct deck *deck, const char *id)
{
    return deck->snapshot && id ? snapshot_cell(deck->snapshot, id) : NULL;
}

const char *deck_neighbour(const struct deck *deck, int by)
{
    const GPtrArray *cells = deck->config->cells;
    for (guint i = 0; i < cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(cells, i);
        if (g_strcmp0(cell->id, deck->cell) != 0)
            continue;
        guint at = (guint)((int)(i + cells->len) + by) % cells->len;
        return ((const struct cell_config *)g_ptr_array_index(cells, at))->id;
    }
    return NULL;
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

bool deck_kind_has_steps(const char *kind)
{
    enum failover_kind parsed;
    return kind && failover_kind_parse(kind, &parsed);
}

struct failover *deck_failover(const struct deck *deck, const char *id)
{
    for (guint i = 0; id && i < deck->failovers->len; i++) {
        struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (strcmp(failover->id, id) == 0)
            return failover;
    }
    return NULL;
}

struct failover *deck_first_failover(const struct deck *deck)
{
    for (guint i = 0; i < deck->failovers->len; i++) {
        struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (!failover_state_final(failover->state))
            return failover;
    }
    return deck->failovers->len ? g_ptr_array_index(deck->failovers, 0) : NULL;
}

struct failover *deck_cell_failover(const struct deck *deck, const char *cell)
{
    struct failover *drill = NULL;
    for (guint i = 0; cell && i < deck->failovers->len; i++) {
        struct failover *failover = g_ptr_array_index(deck->failovers, i);
        bool its = failover->plan && failover->plan->kind != FAILOVER_MOVE &&
                   strcmp(failover->plan->source, cell) == 0;
        if (!its || failover_state_final(failover->state))
            continue;
        if (failover->plan->kind != FAILOVER_DRILL)
            return failover;
        drill = failover;
    }
    return drill;
}

void deck_add_passage(const struct deck *deck, GPtrArray *ids)
{
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        const struct failover_plan *plan = failover->plan;
        if (failover_state_final(failover->state) || !plan)
            continue;
        g_ptr_array_add(ids, plan->source);
        for (guint t = 0; t < plan->targets->len; t++)
            g_ptr_array_add(ids, ((struct planned_target *)plan->targets->pdata[t])->cell);
    }
}

const struct operation *deck_last_drill(const struct deck *deck, const char *cell)
{
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        bool drill = g_strcmp0(operation->kind, failover_kind_name(FAILOVER_DRILL)) == 0 &&
                     g_strcmp0(operation->state, failover_state_name(FAILOVER_COMPLETED)) == 0;
        if (drill && g_strcmp0(operation->subject, cell) == 0)
            return operation;
    }
    return NULL;
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

const char *deck_rollout_of(const struct deck *deck, const char *cell)
{
    struct rollout *rollout = NULL;
    if (deck_cell_rollout(deck, cell, &rollout))
        return rollout->id;
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (g_strcmp0(operation->kind, "rollout") == 0 &&
            g_strv_contains((const char *const *)operation->cells, cell))
            return operation->id;
    }
    return NULL;
}
