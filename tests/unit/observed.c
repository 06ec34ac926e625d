/* Failovers that celldeck did not do: what two readings of the registry and the journal tell. */
#include "rollout/observed.h"

#include "data/base/when.h"
#include "data/history.h"
#include "rollout/observer.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW    (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)
#define PERIOD WHEN_MINUTE

static struct config *config;
static char *dir;

static void begin(void)
{
    config = small_fleet(NULL);
    dir = scratch_new();
}

static void end(void)
{
    scratch_remove(dir);
    config_unref(config);
}

TestSuite(observed, .init = begin, .fini = end);

/* "a cell-1", "b cell-dev": tenants with the cell they are in, of ten users each. */
static struct registry *registry_of(const char *const *lines, gint64 at_ms)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (; *lines; lines++) {
        g_auto(GStrv) words = g_strsplit(*lines, " ", 2);
        const struct tenant draft = {.id = words[0],
                                     .cell = words[1],
                                     .current_users = 10,
                                     .tier = TIER_STANDARD,
                                     .status = TENANT_ACTIVE};
        g_ptr_array_add(tenants, tenant_new(&draft));
    }
    return registry_new(tenants, at_ms, true);
}
#define REGISTRY(minute, ...)                                                                      \
    registry_of((const char *const[]){__VA_ARGS__, NULL}, NOW + (minute)*WHEN_MINUTE)

/* One reading at that minute, looked at; what was recorded, a line each. */
static char *looks(struct observer_desk *desk, int minute, struct registry *registry)
{
    g_autoptr(GError) error = NULL;
    gint64 at_ms = NOW + minute * WHEN_MINUTE;
    g_autoptr(GPtrArray) told = observer_desk_look(desk, registry, at_ms, at_ms + 500, &error);
    registry_unref(registry);
    cr_assert(told, "%s", error ? error->message : "");
    g_ptr_array_add(told, NULL);
    return g_strjoinv("\n", (char **)told->pdata);
}
#define LOOK(desk, minute, ...) looks(desk, minute, REGISTRY(minute, __VA_ARGS__))

static void expect(char *got, const char *wanted, int line)
{
    cr_expect_str_eq(got, wanted, "line %d: \"%s\", not \"%s\"", line, got, wanted);
    g_free(got);
}
#define EXPECT(got, wanted) expect(got, wanted, __LINE__)

static void appends(const char *stream, gint64 seq, int minute, const char *type, const char *json)
{
    g_autoptr(GError) error = NULL;
    OWN(journal) journal = journal_open_file(dir, &error);
    cr_assert(journal, "%s", error ? error->message : "");
    OWN_JSON data = json_loads(json, 0, NULL);
    cr_assert(data, "%s", json);
    g_autofree char *id = journal_new_id();
    bool done = journal_append(journal, stream, seq, id, NOW + minute * WHEN_MINUTE, "alice", type,
                               data, NULL, &error);
    cr_assert(done, "%s", error ? error->message : "");
}

static guint recorded(void)
{
    OWN(journal) journal = journal_open_file(dir, NULL);
    g_autoptr(GPtrArray) all = history_operations(journal, 0, NULL);
    return all->len;
}

Test(observed, a_tenant_whose_cell_changed_is_a_move_once_two_readings_show_it)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(desk, 2, "a cell-eu", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
    EXPECT(LOOK(desk, 3, "a cell-eu", "b cell-1"), "");
    OWN(journal) journal = journal_open_file(dir, NULL);
    OWN(operation) operation = history_find(journal, "o1", NULL);
    cr_assert(operation);
    cr_expect_str_eq(operation->kind, "observed");
    cr_expect_str_eq(operation->subject, "cell-1 → cell-eu");
    cr_expect_str_eq(operation->state, "observed");
    cr_expect(operation->ended_ms > 0, "opened and over in one event");
    cr_expect_str_eq(operation->cells[0], "cell-1");
    cr_expect_str_eq(operation->cells[1], "cell-eu");
    g_autoptr(GPtrArray) events = journal_read(journal, "o1", 1, NULL);
    cr_assert_eq(events->len, 1);
    OWN(observed) observed = observed_from(events->pdata[0]);
    cr_assert(observed);
    cr_expect_str_eq(observed_what(observed), "move");
    cr_expect_eq(observed->after_ms, NOW, "it was still there at the first reading");
    cr_expect_eq(observed->seen_ms, NOW + WHEN_MINUTE, "and was seen elsewhere at the second");
    cr_expect_eq(observed->ids->len, 1);
}

Test(observed, all_of_a_cell_or_many_of_it_are_a_failover)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-eu", "c cell-eu", "d cell-eu"), "");
    EXPECT(LOOK(desk, 1, "a cell-1-dr", "b cell-dev", "c cell-dev", "d cell-eu"), "");
    EXPECT(LOOK(desk, 2, "a cell-1-dr", "b cell-dev", "c cell-dev", "d cell-eu"),
           "o1: 2 tenants, 20 users, went from cell-eu to cell-dev without celldeck\n"
           "o2: 1 tenant, 10 users, went from cell-1 to cell-1-dr without celldeck");
    OWN(journal) journal = journal_open_file(dir, NULL);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *id = g_strdup_printf("o%d", i);
        g_autoptr(GPtrArray) events = journal_read(journal, id, 1, NULL);
        OWN(observed) observed = observed_from(events->pdata[0]);
        cr_expect_str_eq(observed_what(observed), "failover");
    }
}

Test(observed, a_failover_that_takes_several_readings_is_one)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1", "c cell-1"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu", "b cell-1", "c cell-1"), "");
    EXPECT(LOOK(desk, 2, "a cell-eu", "b cell-eu", "c cell-1"), "");
    EXPECT(LOOK(desk, 3, "a cell-eu", "b cell-eu", "c cell-eu"), "");
    EXPECT(LOOK(desk, 4, "a cell-eu", "b cell-eu", "c cell-eu"),
           "o1: 3 tenants, 30 users, went from cell-1 to cell-eu without celldeck");
}

Test(observed, changes_that_never_come_to_rest_are_recorded_after_ten_minutes)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    for (int minute = 1; minute < 11; minute++)
        EXPECT(LOOK(desk, minute, "a cell-eu", minute % 2 ? "b cell-eu" : "b cell-dev"), "");
    EXPECT(LOOK(desk, 11, "a cell-eu", "b cell-eu"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
}

Test(observed, what_is_back_before_it_came_to_rest_was_no_failover)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu"), "");
    EXPECT(LOOK(desk, 2, "a cell-1"), "");
    EXPECT(LOOK(desk, 3, "a cell-1"), "");
    OWN(journal) journal = journal_open_file(dir, NULL);
    cr_expect_eq(recorded(), 0);
}

Test(observed, the_same_reading_twice_is_one_reading)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu"), "");
}

Test(observed, a_change_while_nobody_looked_is_found_at_the_next_start)
{
    OWN(observer_desk) before = observer_desk_new(config, dir);
    EXPECT(LOOK(before, 0, "a cell-1", "b cell-1"), "");
    g_clear_pointer(&before, observer_desk_free);
    OWN(observer_desk) after = observer_desk_new(config, dir);
    EXPECT(LOOK(after, 600, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(after, 601, "a cell-eu", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
}

Test(observed, new_tenants_and_those_that_are_gone_went_nowhere)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 1, "b cell-1", "c cell-eu"), "");
    EXPECT(LOOK(desk, 2, "b cell-1", "c cell-eu"), "");
}

Test(observed, a_tenant_that_comes_back_elsewhere_has_moved)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 1, "b cell-1"), "");
    EXPECT(LOOK(desk, 2, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(desk, 3, "a cell-eu", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
}

Test(observed, items_that_say_twice_where_a_tenant_is_prove_nothing)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 1, "a cell-eu", "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 2, "a cell-eu", "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 3, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(desk, 4, "a cell-eu", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
}

#define F1_OPENED                                                                                  \
    "{\"kind\": \"failover\", \"subject\": \"cell-1\", \"cells\": [\"cell-1\", \"cell-1-dr\"],"    \
    " \"state\": \"planned\", \"plan\": {\"tenants\": ["                                           \
    "{\"id\": \"a\", \"from\": \"cell-1\", \"to\": \"cell-1-dr\"},"                                \
    "{\"id\": \"b\", \"from\": \"cell-1\", \"to\": \"cell-1-dr\"}]}}"

Test(observed, what_celldeck_moved_is_not_observed)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    appends("f1", 1, 1, "opened", F1_OPENED);
    EXPECT(LOOK(desk, 2, "a cell-1-dr", "b cell-1"), "");
    EXPECT(LOOK(desk, 3, "a cell-1-dr", "b cell-1"), "");
    appends("f1", 2, 3, "registry.done",
            "{\"step\": \"place\", \"batch\": 1, \"tenants\": [\"a\"]}");
    appends("f1", 3, 4, "state", "{\"state\": \"completed\", \"final\": true}");
    EXPECT(LOOK(desk, 6, "a cell-1-dr", "b cell-1"), "");
    EXPECT(LOOK(desk, 7, "a cell-1-dr", "b cell-1"), "");
    cr_expect_eq(recorded(), 1, "f1 alone");
    EXPECT(LOOK(desk, 8, "a cell-1-dr", "b cell-1-dr"), "");
    EXPECT(LOOK(desk, 9, "a cell-1-dr", "b cell-1-dr"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-1-dr without celldeck");
}

Test(observed, what_celldeck_reverted_is_not_observed_and_what_was_undone_by_hand_is)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    appends("f1", 1, 1, "opened", F1_OPENED);
    appends("f1", 2, 2, "registry.done",
            "{\"step\": \"place\", \"batch\": 1, \"tenants\": [\"a\", \"b\"]}");
    appends("f1", 3, 3, "registry.done",
            "{\"step\": \"restore\", \"batch\": 1, \"tenants\": [\"a\"]}");
    appends("f1", 4, 4, "state", "{\"state\": \"reverted\", \"final\": true}");
    EXPECT(LOOK(desk, 8, "a cell-1", "b cell-1-dr"), "");
    EXPECT(LOOK(desk, 9, "a cell-1", "b cell-1-dr"), "");
    EXPECT(LOOK(desk, 10, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 11, "a cell-1", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1-dr to cell-1 without celldeck");
}

Test(observed, moved_by_celldeck_and_back_by_hand_while_nobody_looked_is_found)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    g_clear_pointer(&desk, observer_desk_free);
    appends("f1", 1, 1, "opened", F1_OPENED);
    appends("f1", 2, 2, "registry.done",
            "{\"step\": \"place\", \"batch\": 1, \"tenants\": [\"a\"]}");
    appends("f1", 3, 4, "state", "{\"state\": \"completed\", \"final\": true}");
    desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 20, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 21, "a cell-1", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1-dr to cell-1 without celldeck");
}

Test(observed, a_reading_as_old_as_the_journals_word_proves_nothing)
{
    OWN(observer_desk) desk = observer_desk_new(config, dir);
    EXPECT(LOOK(desk, 0, "a cell-1", "b cell-1"), "");
    appends("f1", 1, 1, "opened", F1_OPENED);
    appends("f1", 2, 2, "registry.done",
            "{\"step\": \"place\", \"batch\": 1, \"tenants\": [\"a\"]}");
    appends("f1", 3, 2, "state", "{\"state\": \"completed\", \"final\": true}");
    EXPECT(LOOK(desk, 1, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 2, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(desk, 4, "a cell-1-dr", "b cell-1"), "");
    cr_expect_eq(recorded(), 1, "f1 alone");
}

Test(observed, of_two_bastions_that_see_a_change_one_records_it)
{
    OWN(observer_desk) one = observer_desk_new(config, dir);
    OWN(observer_desk) other = observer_desk_new(config, dir);
    EXPECT(LOOK(one, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(other, 0, "a cell-1", "b cell-1"), "");
    EXPECT(LOOK(one, 1, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(other, 1, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(one, 2, "a cell-eu", "b cell-1"),
           "o1: 1 tenant, 10 users, went from cell-1 to cell-eu without celldeck");
    EXPECT(LOOK(other, 2, "a cell-eu", "b cell-1"), "");
    EXPECT(LOOK(other, 5, "a cell-eu", "b cell-1"), "");
    cr_expect_eq(recorded(), 1);
}

Test(observed, a_bastion_with_homes_of_its_own_hears_of_it_from_the_journal)
{
    struct sayings *sayings = sayings_new();
    OWN_JSON data = json_pack("{s:s, s:s, s:s, s:[s], s:i, s:s, s:s, s:b}", "kind", "observed",
                              "from", "cell-1", "to", "cell-eu", "tenants", "a", "moved", 2, "seen",
                              "2025-11-24T16:00:00Z", "state", "observed", "final", 1);
    struct event event = {
        .stream = (char *)"o1", .seq = 1, .at_ms = NOW, .type = (char *)"opened", .data = data};
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_ptr_array_add(events, &event);
    sayings_take(sayings, events, true);
    struct registry *registry = REGISTRY(5, "a cell-eu", "b cell-eu", "c cell-dev");
    g_autoptr(GPtrArray) away = g_ptr_array_new();
    struct away ways[] = {{registry->tenants->pdata[0], (char *)"cell-1"},
                          {registry->tenants->pdata[1], (char *)"cell-1"},
                          {registry->tenants->pdata[2], (char *)"cell-1"}};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        g_ptr_array_add(away, &ways[i]);
    struct difference difference = observed_compare(registry, NOW + 5 * WHEN_MINUTE, away,
                                                    NOW - WHEN_HOUR, sayings, WHEN_MINUTE);
    cr_expect_eq(difference.settled->len, 2, "a by its id, b as one of those without");
    cr_assert_eq(difference.moved->len, 1);
    cr_expect_str_eq(((struct moved *)difference.moved->pdata[0])->tenant->id, "c");
    difference_clear(&difference);
    registry_unref(registry);
    sayings_free(sayings);
}

Test(observed, ids_are_bounded_and_their_number_is_whole)
{
    g_autoptr(GPtrArray) moved = g_ptr_array_new();
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant draft = {.id = "t", .cell = "cell-eu", .current_users = 1};
    struct moved one = {tenant_new(&draft), (char *)"cell-1", NOW};
    for (int i = 0; i < OBSERVED_IDS_MOST + 5; i++)
        g_ptr_array_add(moved, &one);
    OWN(rest) rest = rest_new();
    struct registry *registry = registry_new(tenants, NOW, true);
    g_autoptr(GPtrArray) groups = observed_group(moved, rest, registry);
    OWN_JSON data = observed_json(groups->pdata[0]);
    cr_expect_eq(json_array_size(json_object_get(data, "tenants")), OBSERVED_IDS_MOST);
    cr_expect_eq(json_integer_value(json_object_get(data, "moved")), OBSERVED_IDS_MOST + 5);
    registry_unref(registry);
    tenant_unref(one.tenant);
}

Test(observed, the_homes_of_another_registry_are_not_compared)
{
    OWN(observer_desk) here = observer_desk_new(config, dir);
    EXPECT(LOOK(here, 0, "a cell-1"), "");
    g_clear_pointer(&here, observer_desk_free);
    struct config *other = small_fleet("registry: {table: another}\n");
    OWN(observer_desk) there = observer_desk_new(other, dir);
    EXPECT(LOOK(there, 1, "a cell-eu"), "");
    EXPECT(LOOK(there, 2, "a cell-eu"), "");
    config_unref(other);
}
