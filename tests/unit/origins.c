/* Where tenants came from, by operations that ran whole in the toy world of flight.h, and by what
 * was observed. */
#include "rollout/failover_origins.h"

#include "data/journal.h"
#include "rollout/observed.h"
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

static char *dir;
static struct journal *journal;

static void set_up(void)
{
    dir = g_dir_make_tmp("celldeck-XXXXXX", NULL);
    journal = journal_open_file(dir, NULL);
    cr_assert(journal);
}

static void tear_down(void)
{
    journal_close(journal);
    g_autofree char *file = g_build_filename(dir, "history.db", NULL);
    g_unlink(file);
    g_rmdir(dir);
    g_free(dir);
}

TestSuite(origins, .init = set_up, .fini = tear_down);

static void append(const char *stream, gint64 seq, const char *type, json_t *data)
{
    g_autofree char *id = journal_new_id();
    g_autoptr(GError) error = NULL;
    cr_assert(journal_append(journal, stream, seq, id, 1800000000000 + seq, "alice@h", type, data,
                             NULL, &error),
              "%s", error ? error->message : "");
}

/* Of tenants a and b, out of one cell into another. */
static struct flight *flight_between(enum failover_kind kind, const char *from, const char *to)
{
    struct failover_plan *plan = flight_plan(kind, 2);
    g_free(plan->source);
    plan->source = g_strdup(from);
    g_ptr_array_set_size(plan->targets, 0);
    struct planned_target *target = failover_plan_add_target(plan);
    target->cell = g_strdup(to);
    target->dns_name = g_strconcat(to, ".example.com", NULL);
    target->users_max = 9000;
    for (guint i = 0; i < plan->tenants->len; i++) {
        struct planned_tenant *tenant = plan->tenants->pdata[i];
        char **texts[] = {&tenant->id, &tenant->from, &tenant->to};
        const char *const values[] = {i ? "b" : "a", from, to};
        for (guint t = 0; t < G_N_ELEMENTS(texts); t++) {
            g_free(*texts[t]);
            *texts[t] = g_strdup(values[t]);
        }
    }
    return flight_new(plan);
}

/* Its events that the journal does not have yet. */
static void record(const char *id, const struct flight *flight)
{
    OWN(event) last = journal_last(journal, id, NULL);
    for (guint i = last ? (guint)last->seq : 0; i < flight->events->len; i++) {
        const struct event *event = flight->events->pdata[i];
        append(id, event->seq, event->type, event->data);
    }
}

static void moves(const char *id, const char *from, const char *to)
{
    OWN(flight) flight = flight_between(*id == 'm' ? FAILOVER_MOVE : FAILOVER_FAILOVER, from, to);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    record(id, flight);
}

static void moved_by_hand(const char *id, const char *from, const char *to)
{
    const struct observed observed = {.from = (char *)from,
                                      .to = (char *)to,
                                      .ids = g_ptr_array_new(),
                                      .moved = 1,
                                      .remaining = 1};
    g_ptr_array_add(observed.ids, (gpointer) "a");
    OWN_JSON data = observed_json(&observed);
    append(id, 1, "opened", data);
    g_ptr_array_unref(observed.ids);
}

/* "cell-2 cell-1": the way back; "-": none; "by hand from cell-1 (o1)". */
static char *words_of(const struct origin *origin)
{
    if (origin && origin->by_hand)
        return g_strdup_printf("by hand from %s (%s)", origin->by_hand, origin->operation);
    return origin && origin->from[0] ? g_strjoinv(" ", (char **)origin->from) : g_strdup("-");
}

static char *back_from(const char *tenant, const char *cell)
{
    g_autoptr(GError) error = NULL;
    OWN(origins) origins = origins_read(journal, &error);
    cr_assert(origins, "%s", error ? error->message : "");
    return words_of(origins_of(origins, tenant, cell));
}

#define EXPECT_BACK(tenant, cell, expected)                                                        \
    do {                                                                                           \
        g_autofree char *back = back_from(tenant, cell);                                           \
        cr_expect_str_eq(back, expected);                                                          \
    } while (0)

/* What went (f: a failover, m: a move, o: by hand), and where who lives in a cell may go back to.
 */
static const struct way {
    const char *rule;
    struct {
        const char *id, *from, *to;
    } went[4];
    struct {
        const char *tenant, *cell, *back;
    } then[3];
} ways[] = {
    {"who has gone nowhere has no way back", {{NULL}}, {{"a", "cell-2", "-"}}},
    {"a failover is gone back by all whom it took",
     {{"f1", "cell-1", "cell-2"}},
     {{"a", "cell-2", "cell-1"}, {"b", "cell-2", "cell-1"}}},
    {"and a move behind it first",
     {{"f1", "cell-1", "cell-2"}, {"m1", "cell-2", "cell-3"}},
     {{"a", "cell-3", "cell-2 cell-1"}}},
    {"a tenant that lives elsewhere by now has no way back",
     {{"f1", "cell-1", "cell-2"}},
     {{"a", "cell-3", "-"}, {"a", "cell-1", "-"}}},
    {"who has gone back is home, with no way back to where it was a guest",
     {{"f1", "cell-1", "cell-2"}, {"f2", "cell-2", "cell-1"}},
     {{"a", "cell-1", "-"}}},
    {"and may go back once more when it has gone once more",
     {{"f1", "cell-1", "cell-2"}, {"f2", "cell-2", "cell-1"}, {"f3", "cell-1", "cell-2"}},
     {{"a", "cell-2", "cell-1"}}},
    {"who has gone back half the way still has the other half",
     {{"f1", "cell-1", "cell-2"}, {"f2", "cell-2", "cell-3"}, {"f3", "cell-3", "cell-2"}},
     {{"a", "cell-2", "cell-1"}}},
    {"of a long way the last cells are known",
     {{"m1", "cell-1", "cell-2"},
      {"m2", "cell-2", "cell-3"},
      {"m3", "cell-3", "cell-4"},
      {"m4", "cell-4", "cell-5"}},
     {{"a", "cell-5", "cell-4 cell-3 cell-2"}}},
    {"a move by hand is no way back, and is told",
     {{"o1", "cell-1", "cell-2"}},
     {{"a", "cell-2", "by hand from cell-1 (o1)"}, {"a", "cell-1", "-"}}},
    {"a move by hand ends the way back of whom it moved",
     {{"f1", "cell-1", "cell-2"}, {"o1", "cell-2", "cell-3"}},
     {{"a", "cell-3", "by hand from cell-2 (o1)"}, {"b", "cell-2", "cell-1"}}},
    {"and a second one hides the first",
     {{"f1", "cell-1", "cell-2"}, {"o1", "cell-2", "cell-3"}, {"o2", "cell-3", "cell-2"}},
     {{"a", "cell-2", "by hand from cell-3 (o2)"}}},
    {"celldeck may undo what it did to who had come by hand",
     {{"o1", "cell-1", "cell-2"}, {"f1", "cell-2", "cell-3"}},
     {{"a", "cell-3", "cell-2"}}},
    {"a way goes back no further than the journal knows it (who brought it to cell-4?)",
     {{"f1", "cell-1", "cell-2"}, {"f2", "cell-4", "cell-5"}},
     {{"a", "cell-5", "cell-4"}}},
};

Test(origins, each_way_leads_back_to_where_it_came_from)
{
    for (const struct way *way = ways; way < ways + G_N_ELEMENTS(ways); way++) {
        for (guint i = 0; i < G_N_ELEMENTS(way->went) && way->went[i].id; i++)
            (*way->went[i].id == 'o' ? moved_by_hand : moves)(way->went[i].id, way->went[i].from,
                                                              way->went[i].to);
        for (guint i = 0; i < G_N_ELEMENTS(way->then) && way->then[i].tenant; i++) {
            g_autofree char *back = back_from(way->then[i].tenant, way->then[i].cell);
            cr_expect_str_eq(back, way->then[i].back, "%s: %s", way->rule, back);
        }
        tear_down();
        set_up();
    }
}

Test(origins, what_is_under_way_or_held_is_no_way_back_until_it_is_over)
{
    OWN(flight) flight = flight_between(FAILOVER_FAILOVER, "cell-1", "cell-2");
    flight_run_until(flight, "verified", 1);
    record("f1", flight);
    EXPECT_BACK("a", "cell-2", "-");
    flight->dns_code = "away";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    record("f1", flight);
    EXPECT_BACK("a", "cell-2", "-");
    flight->dns_code = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 20);
    record("f1", flight);
    EXPECT_BACK("a", "cell-2", "cell-1");
    EXPECT_BACK("b", "cell-2", "cell-1");
}

Test(origins, a_reverted_one_and_a_drill_are_none)
{
    OWN(flight) flight = flight_between(FAILOVER_FAILOVER, "cell-1", "cell-2");
    flight_run_until(flight, "verified", 1);
    flight_wish(flight, "revert");
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_REVERTED);
    record("f1", flight);
    OWN(flight) drill = flight_between(FAILOVER_DRILL, "cell-1", "cell-3");
    flight_run(drill, 10);
    record("d1", drill);
    EXPECT_BACK("a", "cell-2", "-");
    EXPECT_BACK("a", "cell-3", "-");
}

Test(origins, who_was_left_alone_has_none)
{
    OWN(flight) flight = flight_between(FAILOVER_FAILOVER, "cell-1", "cell-2");
    flight->tenants[1].record_why = "it is an alias";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    record("f1", flight);
    EXPECT_BACK("a", "cell-2", "cell-1");
    EXPECT_BACK("b", "cell-2", "-");
}

Test(origins, an_operation_that_makes_no_sense_proves_nothing_and_hides_no_other)
{
    OWN_JSON opened =
        json_pack("{s:s, s:s, s:s}", "kind", "failover", "subject", "cell-1", "state", "planned");
    OWN_JSON ended = json_pack("{s:s, s:b}", "state", "completed", "final", true);
    append("f1", 1, "opened", opened);
    append("f1", 2, "state", ended);
    moves("f2", "cell-1", "cell-2");
    EXPECT_BACK("a", "cell-2", "cell-1");
}

Test(origins, a_reader_gives_the_same_origins_until_something_has_ended)
{
    OWN(origins_reader) reader = origins_reader_new(dir);
    OWN(origins) none = origins_reader_look(reader, NULL);
    OWN(flight) flight = flight_between(FAILOVER_FAILOVER, "cell-1", "cell-2");
    flight_run_until(flight, "verified", 1);
    record("f1", flight);
    OWN(origins) same = origins_reader_look(reader, NULL);
    cr_expect_eq(same, none);
    flight_run(flight, 10);
    record("f1", flight);
    OWN(origins) after = origins_reader_look(reader, NULL);
    cr_expect_neq(after, none);
    g_autofree char *back = words_of(origins_of(after, "b", "cell-2"));
    g_autofree char *before = words_of(origins_of(none, "b", "cell-2"));
    cr_expect_str_eq(back, "cell-1");
    cr_expect_str_eq(before, "-", "what somebody still reads does not change");
}

Test(origins, a_reader_finds_a_history_that_somebody_begins_later)
{
    g_autofree char *later = g_build_filename(dir, "later", NULL);
    g_autofree char *file = g_build_filename(later, "history.db", NULL);
    OWN(origins_reader) reader = origins_reader_new(later);
    OWN(origins) none = origins_reader_look(reader, NULL);
    cr_assert(none);
    cr_expect_null(origins_of(none, "a", "cell-2"));
    g_mkdir(later, 0700);
    journal_close(journal);
    journal = journal_open_file(later, NULL);
    moves("f1", "cell-1", "cell-2");
    OWN(origins) some = origins_reader_look(reader, NULL);
    g_autofree char *back = words_of(origins_of(some, "a", "cell-2"));
    cr_expect_str_eq(back, "cell-1");
    journal_close(journal);
    g_unlink(file);
    g_rmdir(later);
    journal = journal_open_file(dir, NULL);
}
