/* How the events of every stream add up, by the guide's words alone; and what is asked of that. */
#include "tests/simulation/ledger.h"

#include <string.h>

const char *text_in(const json_t *data, const char *key)
{
    return json_string_value(json_object_get(data, key));
}

bool is_type(const struct happening *it, const char *type)
{
    return it->row && strcmp(it->row->type, type) == 0;
}

struct ledger_wave *ledger_wave(const struct operation_ledger *operation, size_t wave)
{
    return &g_array_index(operation->waves, struct ledger_wave, wave);
}

bool ledger_in_flight(const struct ledger_cell *cell)
{
    return cell->state == L_DEPLOYING || cell->state == L_BAKING || cell->state == L_ROLLING_BACK;
}

bool ledger_is_out(const struct sim *sim, const struct ledger_cell *cell)
{
    const struct operation_ledger *other = ledger_operation(sim->ledger, cell->evacuator);
    return cell->evacuator && (!cell->recalled || (other && !other->final));
}

bool ledger_through(const struct ledger_cell *cell)
{
    return cell->state == L_PASSED || cell->state == L_ACCEPTED || cell->state == L_SKIPPED ||
           (cell->state == L_ROLLED_BACK && cell->failed);
}

struct operation_ledger *ledger_operation(struct ledger *ledger, const char *id)
{
    for (guint i = 0; i < ledger->operations->len; i++) {
        struct operation_ledger *operation = g_ptr_array_index(ledger->operations, i);
        if (g_strcmp0(operation->id, id) == 0)
            return operation;
    }
    return NULL;
}

struct ledger_cell *ledger_cell(const struct operation_ledger *operation, const char *id)
{
    for (guint i = 0; id && i < operation->cells->len; i++) {
        struct ledger_cell *cell = g_ptr_array_index(operation->cells, i);
        if (strcmp(cell->id, id) == 0)
            return cell;
    }
    return NULL;
}

bool is_calm(const struct happening *it, gint64 ms)
{
    const struct operation_ledger *operation = it->operation;
    if (operation->holder < 0 || it->sim->now_ms - it->sim->calm_since_ms < ms ||
        it->sim->now_ms - operation->taken_ms < ms)
        return false;
    const struct process *holder = &it->sim->processes[operation->holder];
    return holder->alive && !holder->dying && holder->pid == operation->holder_pid &&
           (!it->cell || config_cell(holder->world.config, it->cell->id));
}

static void ask(struct happening *it)
{
    for (size_t i = 0; i < n_invariants && !it->sim->run.broken; i++)
        invariants[i].holds(it);
}

static void fold(struct sim *sim, struct operation_ledger *operation, const struct journal_row *row,
                 json_t *data)
{
    struct event event = {
        (char *)row->stream, row->seq, (char *)row->id,        row->at_ms,       (char *)row->actor,
        (char *)row->type,   data,     (char *)row->prev_hash, (char *)row->hash};
    g_autoptr(GError) error = NULL;
    if (!rollout_apply(operation->shadow, &event, &error))
        sim_broke(sim, -1, "the stream does not fold any more: %s", error->message);
}

static void tell_event(struct sim *sim, const struct process *process,
                       const struct journal_row *row)
{
    if (!sim->run.options.told || g_str_has_prefix(row->type, "lease.renewed"))
        return;
    g_autofree char *short_data = g_strndup(row->data, strcmp(row->type, "opened") ? 260 : 80);
    g_autofree char *who = process ? g_strdup_printf("p%d", process->number) : g_strdup(row->actor);
    sim_tell(sim, "%s %d %s by %s: %s", row->stream, (int)row->seq, row->type, who, short_data);
}

static void on_lock(struct sim *sim, struct happening *it)
{
    const char *cell = it->row->stream + strlen("lock/");
    const char *operation = text_in(it->data, "operation");
    it->operation = ledger_operation(sim->ledger, operation);
    ask(it);
    if (json_is_true(json_object_get(it->data, "held")))
        g_hash_table_replace(sim->ledger->locks, g_strdup(cell), g_strdup(operation));
    else
        g_hash_table_remove(sim->ledger->locks, cell);
}

static void on_lease(struct sim *sim, const struct happening *it)
{
    struct operation_ledger *operation =
        ledger_operation(sim->ledger, it->row->stream + strlen("lease/"));
    if (!operation)
        return;
    bool held = json_is_true(json_object_get(it->data, "held"));
    operation->lease_ms = json_integer_value(json_object_get(it->data, "lease_ms"));
    operation->renewed_ms = sim->now_ms;
    if (strcmp(it->row->type, "lease.taken") == 0) {
        operation->taken_ms = sim->now_ms;
        operation->taken_offset_ms = it->process ? it->process->host->wall_offset_ms : 0;
    }
    operation->holder = held && it->process ? it->process->number : -1;
    /* By its own word: what lands late may be of a process that is no more. */
    operation->holder_pid =
        held ? json_integer_value(json_object_get(json_object_get(it->data, "holder"), "pid")) : 0;
}

void ledger_event(struct sim *sim, struct process *process, const struct journal_row *row)
{
    OWN_JSON data = json_loads(row->data, JSON_ALLOW_NUL, NULL);
    struct happening it = {.sim = sim, .row = row, .data = data, .process = process};
    sim->run.events++;
    tell_event(sim, process, row);
    if (g_str_has_prefix(row->stream, "lock/")) {
        on_lock(sim, &it);
        return;
    }
    if (g_str_has_prefix(row->stream, "lease/")) {
        on_lease(sim, &it);
        return;
    }
    it.operation = ledger_operation(sim->ledger, row->stream);
    if (!it.operation) {
        it.operation = operation_ledger_new(row, data);
        g_ptr_array_add(sim->ledger->operations, it.operation);
    }
    it.cell = ledger_cell(it.operation, text_in(data, "cell"));
    it.before = it.cell ? it.cell->state : L_PENDING;
    operation_ledger_take(&it);
    if (it.operation->shadow)
        fold(sim, it.operation, row, data);
    ask(&it);
}

void ledger_call(struct sim *sim, const struct call *call)
{
    struct happening it = {.sim = sim, .process = call->process, .call = call};
    for (guint i = 0; i < sim->ledger->operations->len; i++) {
        struct operation_ledger *operation = g_ptr_array_index(sim->ledger->operations, i);
        struct ledger_cell *cell = ledger_cell(operation, call->cell->id);
        if (!operation->final && (cell || !it.operation)) {
            it.operation = operation;
            it.cell = cell;
        }
    }
    /* What went on unrecorded, and was forgotten with its process, nobody can count. */
    bool recorded = it.cell && g_strcmp0(it.cell->token, call->token) == 0;
    if (recorded && call->kind == CALL_ROLLBACK &&
        g_strcmp0(it.cell->last_call_token, call->token) != 0) {
        it.cell->calls_back++;
        g_free(it.cell->last_call_token);
        it.cell->last_call_token = g_strdup(call->token);
    }
    ask(&it);
}

/* Time has passed: rules of what must have happened by now. */
void ledger_minute(struct sim *sim)
{
    for (guint i = 0; i < sim->ledger->operations->len; i++) {
        struct happening it = {.sim = sim,
                               .operation = g_ptr_array_index(sim->ledger->operations, i)};
        for (guint c = 0; c < it.operation->cells->len && !it.operation->final; c++) {
            it.cell = g_ptr_array_index(it.operation->cells, c);
            it.before = it.cell->state;
            ask(&it);
        }
    }
}

/* What runs in the end is what the events say, of the last rollout that came to this cell. A call
 * that landed after its rollback would show here. */
static void cell_ends_true(struct sim *sim, const struct operation_ledger *operation,
                           const struct ledger_cell *cell)
{
    const struct sim_cell *there = sim_cell(sim, cell->id);
    g_autofree char *runs = parts_reference(there->parts);
    bool untrue = (cell->state == L_PASSED && !cell_runs(there, operation->version)) ||
                  (cell->state == L_ROLLED_BACK && g_strcmp0(runs, cell->from_ref) != 0);
    if (untrue && operation->final)
        sim_broke(sim, 18, "%s has %s with %s, and runs %s", cell->id,
                  cell->state == L_PASSED ? "passed" : "gone back", operation->id, runs);
}

static void cells_end_true(struct sim *sim)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = sim->ledger->operations->len; i > 0; i--) {
        const struct operation_ledger *operation =
            g_ptr_array_index(sim->ledger->operations, i - 1);
        for (guint c = 0; c < operation->cells->len; c++) {
            const struct ledger_cell *cell = g_ptr_array_index(operation->cells, c);
            if (g_hash_table_add(seen, cell->id) && !sim->run.used[ON_OUT_OF_BAND])
                cell_ends_true(sim, operation, cell);
        }
    }
}

void ledger_end(struct sim *sim)
{
    g_autoptr(GError) error = NULL;
    if (!sim->run.broken)
        cells_end_true(sim);
    if (!sim->run.broken && !journal_verify(sim->console, NULL, &error))
        sim_broke(sim, -1, "a chain does not verify: %s", error->message);
    if (!sim->run.broken)
        copies_end(sim);
    for (guint i = 0; i < sim->ledger->operations->len && !sim->run.broken; i++) {
        const struct operation_ledger *operation = g_ptr_array_index(sim->ledger->operations, i);
        bool held = g_strcmp0(operation->state, "held") == 0 && operation->reason;
        if (held && !operation->final)
            sim_broke(sim, 17, "%s stays held (%s), whatever people answer for hours",
                      operation->id, operation->reason);
        if (!operation->final && !held)
            sim_broke(sim, 18, "%s ends neither final nor held with a reason, but %s (%s)",
                      operation->id, operation->state,
                      operation->reason ? operation->reason : "no reason");
    }
}
