#include "data/history.h"

#include "data/base/error.h"
#include "data/journal_store.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>

static void put(struct journal *journal, const char *stream, gint64 at_ms, const char *type,
                json_t *data)
{
    OWN(event) last = journal_last(journal, stream, NULL);
    g_autofree char *id = journal_new_id();
    cr_assert(journal_append(journal, stream, last ? last->seq + 1 : 1, id, at_ms, "alice", type,
                             data, NULL, NULL));
    json_decref(data);
}

static void open_rollout(struct journal *journal, const char *id, gint64 at_ms)
{
    put(journal, id, at_ms, "opened",
        json_pack("{s:s, s:s, s:[s,s], s:s, s:s}", "kind", "rollout", "subject", "5.0.3", "cells",
                  "cell-0-dev", "cell-1", "reason", "a fix", "state", "planned"));
}

static struct journal *new_journal(char **dir)
{
    *dir = scratch_new();
    struct journal *journal = journal_open_file(*dir, NULL);
    cr_assert(journal);
    return journal;
}

static void remove_journal(struct journal *journal, char *dir)
{
    journal_close(journal);
    scratch_remove(dir);
}

/* Of a cell with thousands of tenants it has each of them. */
Test(history, a_plan_is_not_read_with_the_list_and_what_else_was_said_is_as_it_was)
{
    char *dir;
    struct journal *journal = new_journal(&dir);
    put(journal, "f1", 1000, "opened",
        json_pack("{s:s, s:s, s:[s], s:s, s:s, s:{s:[s]}, s:b}", "kind", "failover", "subject",
                  "cell-1", "cells", "cell-1", "reason", "\"\xe2\x80\xae\"\n\xf0\x9f\x9a\x91, \\",
                  "state", "refused", "plan", "tenants", "t-1", "final", true));
    g_autoptr(GPtrArray) summaries =
        journal_store(journal)->ops->summaries(journal_store(journal), NULL, 0, NULL);
    const struct journal_summary *summary = summaries->pdata[0];
    cr_expect_null(json_object_get(summary->opened->data, "plan"));
    cr_expect_null(json_object_get(summary->last_state->data, "plan"));
    OWN(operation) found = history_find(journal, "f1", NULL);
    cr_expect_str_eq(found->reason, "\"\xe2\x80\xae\"\n\xf0\x9f\x9a\x91, \\");
    cr_expect_str_eq(found->state, "refused");
    cr_expect_eq(found->ended_ms, 1000);
    OWN(event) first = journal_first(journal, "f1", NULL);
    cr_expect(json_object_get(first->data, "plan"), "the event itself has it");
    cr_expect(journal_verify(journal, NULL, NULL));
    remove_journal(journal, dir);
}

Test(history, an_operation_is_told_by_its_opening_and_its_last_state)
{
    char *dir;
    struct journal *journal = new_journal(&dir);
    open_rollout(journal, "r1", 1000);
    put(journal, "r1", 2000, "state", json_pack("{s:s}", "state", "running"));
    put(journal, "r1", 3000, "pause", json_pack("{s:s}", "state", "paused"));
    put(journal, "r1", 4000, "gate", json_pack("{s:s}", "cell", "cell-1"));
    OWN(operation) live = history_find(journal, "r1", NULL);
    cr_expect_str_eq(live->kind, "rollout");
    cr_expect_str_eq(live->subject, "5.0.3");
    cr_expect_str_eq(live->state, "paused");
    cr_expect_str_eq(live->actor, "alice");
    cr_expect_str_eq(live->cells[1], "cell-1");
    cr_expect_eq(live->started_ms, 1000);
    cr_expect_eq(live->ended_ms, 0);
    cr_expect_eq(live->events, 4);

    put(journal, "r1", 5000, "state", json_pack("{s:s, s:b}", "state", "aborted", "final", 1));
    OWN(operation) ended = history_find(journal, "r1", NULL);
    cr_expect_str_eq(ended->state, "aborted");
    cr_expect_eq(ended->ended_ms, 5000);
    remove_journal(journal, dir);
}

Test(history, operations_come_newest_first_and_leases_are_none)
{
    char *dir;
    struct journal *journal = new_journal(&dir);
    open_rollout(journal, "r1", 1000);
    put(journal, "lease/r1", 1000, "taken", json_pack("{s:s}", "state", "held"));
    open_rollout(journal, "r2", 2000);
    open_rollout(journal, "r3", 500);
    g_autoptr(GPtrArray) two = history_operations(journal, 2, NULL);
    cr_assert_eq(two->len, 2);
    cr_expect_str_eq(((struct operation *)g_ptr_array_index(two, 0))->id, "r3");
    cr_expect_str_eq(((struct operation *)g_ptr_array_index(two, 1))->id, "r2");
    g_autoptr(GPtrArray) all = history_operations(journal, 0, NULL);
    cr_expect_eq(all->len, 3);
    remove_journal(journal, dir);
}

Test(history, an_unknown_operation_is_a_mistake_of_the_command_line)
{
    char *dir;
    struct journal *journal = new_journal(&dir);
    g_autoptr(GError) error = NULL;
    cr_expect(history_find(journal, "r1", &error) == NULL);
    cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
    remove_journal(journal, dir);
}

Test(history, json_has_the_documented_keys_and_survives_hostile_text)
{
    char *dir;
    struct journal *journal = new_journal(&dir);
    put(journal, "r1", 1000, "opened",
        json_pack("{s:s, s:s, s:[], s:s, s:s}", "kind", "rollout", "subject",
                  "v1\xe2\x80\xae'; DROP TABLE event;--", "cells", "reason",
                  "\x1b]0;x\x07 a \"quote\", a comma", "state", "planned"));
    OWN(operation) operation = history_find(journal, "r1", NULL);
    OWN_JSON json = operation_json(operation);
    const char *const keys[] = {"id",    "kind",       "subject",  "state",
                                "actor", "started_at", "ended_at", "cells"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        cr_expect(json_object_get(json, keys[i]), "%s", keys[i]);
    cr_expect_str_eq(json_string_value(json_object_get(json, "subject")),
                     "v1\xe2\x80\xae'; DROP TABLE event;--");
    cr_expect(json_is_null(json_object_get(json, "ended_at")));

    OWN(event) event = journal_last(journal, "r1", NULL);
    OWN_JSON shown = event_json(event);
    cr_expect_str_eq(json_string_value(json_object_get(shown, "at")), "1970-01-01T00:00:01Z");
    cr_expect_str_eq(json_string_value(json_object_get(shown, "hash")), event->hash);
    remove_journal(journal, dir);
}

Test(history, the_last_drill_of_a_cell_is_one_that_came_to_its_end)
{
    static const struct {
        const char *kind, *state, *cell;
        gint64 ended_ms;
    } rows[] = {{"drill", "running", "cell-1", 0},         {"drill", "completed", "cell-2", 9000},
                {"failover", "completed", "cell-1", 8000}, {"drill", "refused", "cell-1", 7000},
                {"drill", "completed", "cell-1", 5000},    {"drill", "completed", "cell-1", 4000}};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct operation *operation = g_new0(struct operation, 1);
        operation->kind = g_strdup(rows[i].kind);
        operation->state = g_strdup(rows[i].state);
        operation->ended_ms = rows[i].ended_ms;
        operation->cells = g_strsplit(rows[i].cell, " ", -1);
        g_ptr_array_add(all, operation);
    }
    cr_expect_eq(history_last_drill_ms(all, "cell-1"), 5000);
    cr_expect_eq(history_last_drill_ms(all, "cell-2"), 9000);
    cr_expect_eq(history_last_drill_ms(all, "cell-3"), 0);
}
