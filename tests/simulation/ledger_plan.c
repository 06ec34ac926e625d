/* One operation as it was opened: what its plan has frozen (rollout.md, "Plan"). */
#include "rollout/engine.h"
#include "tests/simulation/ledger.h"

#include <stdio.h>
#include <string.h>

static void cell_free(gpointer data)
{
    struct ledger_cell *cell = data;
    g_free(cell->id);
    g_free(cell->from);
    g_free(cell->from_ref);
    g_free(cell->token);
    g_free(cell->last_call_token);
    g_free(cell->evacuator);
    g_free(cell);
}

static void clear_wave(gpointer data)
{
    g_free(((struct ledger_wave *)data)->name);
}

static void clear_approval(gpointer data)
{
    struct ledger_approval *approval = data;
    g_free(approval->login);
    g_free(approval->wave);
}

static void operation_free_one(gpointer data)
{
    struct operation_ledger *operation = data;
    g_free(operation->id);
    g_free(operation->kind);
    g_free(operation->version);
    g_free(operation->plan_hash);
    g_free(operation->requester);
    g_free(operation->state);
    g_free(operation->reason);
    g_free(operation->first_rest);
    g_ptr_array_unref(operation->ids);
    g_ptr_array_unref(operation->cells);
    g_array_unref(operation->waves);
    g_array_unref(operation->approvals);
    rollout_free(operation->shadow);
    g_free(operation);
}

struct ledger *ledger_new(void)
{
    struct ledger *ledger = g_new(struct ledger, 1);
    ledger->operations = g_ptr_array_new_with_free_func(operation_free_one);
    ledger->locks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    g_ptr_array_unref(ledger->operations);
    g_hash_table_unref(ledger->locks);
    g_free(ledger);
}

char *text_copy(const json_t *data, const char *key)
{
    return g_strdup(text_in(data, key));
}

gint64 number_in(const json_t *data, const char *key)
{
    return json_integer_value(json_object_get(data, key));
}

static void add_cell(struct operation_ledger *operation, size_t wave, const json_t *plan)
{
    struct ledger_cell *cell = g_new0(struct ledger_cell, 1);
    cell->id = text_copy(plan, "id");
    cell->wave = wave;
    cell->from = text_copy(plan, "from");
    cell->from_ref = text_copy(plan, "from_ref");
    cell->dr = json_is_true(json_object_get(plan, "dr"));
    cell->rollback_closed = json_is_true(json_object_get(plan, "rollback_closed"));
    g_ptr_array_add(operation->cells, cell);
}

static void read_window(struct ledger_wave *wave, const char *text)
{
    int from_h, from_m, to_h, to_m;
    if (!text || sscanf(text, "Mon-Sun %d:%d-%d:%d UTC", &from_h, &from_m, &to_h, &to_m) != 4)
        return;
    wave->open_min = from_h * 60 + from_m;
    wave->shut_min = to_h * 60 + to_m;
}

static void add_waves(struct operation_ledger *operation, const json_t *plan)
{
    size_t w, c;
    const json_t *wave, *cell;
    json_array_foreach (json_object_get(plan, "waves"), w, wave) {
        const json_t *cells = json_object_get(wave, "cells");
        struct ledger_wave it = {.name = text_copy(wave, "name"),
                                 .max_in_flight = (int)number_in(wave, "max_in_flight"),
                                 .max_failed = (int)number_in(wave, "max_failed"),
                                 .approvals = (int)number_in(wave, "approvals"),
                                 .not_requester =
                                     json_is_true(json_object_get(wave, "approver_not_requester")),
                                 .bake_ms = number_in(wave, "bake_ms"),
                                 .expires_ms = number_in(wave, "approval_expires_ms")};
        read_window(&it, text_in(wave, "window"));
        g_array_append_val(operation->waves, it);
        json_array_foreach (cells, c, cell)
            add_cell(operation, w, cell);
    }
}

char *login_of(const char *actor)
{
    return g_strndup(actor, strcspn(actor, "@"));
}

struct operation_ledger *operation_ledger_new(const struct journal_row *row, const json_t *data)
{
    struct operation_ledger *operation = g_new0(struct operation_ledger, 1);
    const json_t *plan = json_object_get(data, "plan"), *id;
    size_t i;
    operation->id = g_strdup(row->stream);
    operation->kind = text_copy(data, "kind");
    operation->version = text_copy(data, "subject");
    operation->plan_hash = text_copy(plan, "hash");
    operation->requester = login_of(row->actor);
    operation->holder = -1;
    operation->retry_failed = json_is_true(json_object_get(data, "retry_failed"));
    operation->ids = g_ptr_array_new_with_free_func(g_free);
    operation->cells = g_ptr_array_new_with_free_func(cell_free);
    operation->waves = g_array_new(FALSE, TRUE, sizeof(struct ledger_wave));
    operation->approvals = g_array_new(FALSE, TRUE, sizeof(struct ledger_approval));
    g_array_set_clear_func(operation->waves, clear_wave);
    g_array_set_clear_func(operation->approvals, clear_approval);
    json_array_foreach (json_object_get(data, "cells"), i, id)
        g_ptr_array_add(operation->ids, g_strdup(json_string_value(id)));
    add_waves(operation, plan);
    if (g_strcmp0(operation->kind, "rollout") == 0)
        operation->shadow = rollout_new(operation->id);
    return operation;
}
