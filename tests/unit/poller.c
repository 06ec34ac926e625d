/* Several processes' turns on one cache.db, with clocks of their own. */
#include "data/poller_turn.h"

#include "data/base/when.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>

#define NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

static struct config *config;
static char *dir, *path;

static void begin(void)
{
    config = small_fleet(NULL);
    dir = scratch_new();
    path = g_build_filename(dir, "cache.db", NULL);
}

static void end(void)
{
    scratch_remove(dir);
    g_free(path);
    config_unref(config);
}

TestSuite(poller, .init = begin, .fini = end);

/* A process that lives: this one, under another name. */
static struct poller_desk *desk_of(const char *actor, enum poller_kind kind)
{
    const struct lead_self self = {g_strdup(actor), g_strdup(actor), (int)kind, holder_self()};
    return poller_desk_new(dir, config, &self);
}

static void dies(struct poller_desk *desk)
{
    desk->self.holder->started++;
}

/* One turn at `s` seconds; what it brings is the caller's. */
static struct poller_turn turn_of(struct poller_desk *desk, int s, struct snapshot *publish,
                                  const struct want *want)
{
    struct poller_turn turn = {.now_ms = NOW + s * WHEN_SECOND,
                               .boot_ms = 1000000 + s * WHEN_SECOND,
                               .may_lead = true,
                               .publish = publish ? snapshot_ref(publish) : NULL,
                               .want = want ? want_copy(want) : NULL};
    poller_turn_run(desk, &turn);
    return turn;
}

static enum poller_role role_of(struct poller_desk *desk, int s)
{
    struct poller_turn turn = turn_of(desk, s, NULL, NULL);
    enum poller_role role = turn.role;
    poller_turn_clear(&turn);
    return role;
}

static struct snapshot *seen(double cpu, const char *error)
{
    struct cell_reading readings[4] = {0};
    readings[3] = well_reading(NOW);
    set_series(&readings[3], METRIC_CPU, steady(cpu, 10, NOW));
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources,
                    source_new("metrics eu-west-1", error ? SOURCE_ERROR : SOURCE_OK, NOW, error));
    struct fleet_input input = {config, readings, NULL, sources, 0.25, "slowed"};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    cell_reading_clear(&readings[3]);
    return snapshot;
}

static enum poller_role publish(struct poller_desk *desk, int s, double cpu, const char *error)
{
    OWN(snapshot) snapshot = seen(cpu, error);
    struct poller_turn turn = turn_of(desk, s, snapshot, NULL);
    enum poller_role role = turn.role;
    poller_turn_clear(&turn);
    return role;
}

static double cpu_in(const struct snapshot *snapshot)
{
    return series_last(snapshot->cells[3].reading.series[METRIC_CPU])->value;
}

Test(poller, the_first_leads_and_the_next_reads_what_it_publishes)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    cr_expect_eq(role_of(alice, 0), POLLER_LEADS);
    cr_expect_eq(role_of(bob, 0), POLLER_FOLLOWS);
    cr_expect_eq(publish(alice, 1, 40, NULL), POLLER_LEADS);
    struct poller_turn turn = turn_of(bob, 1, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_FOLLOWS);
    cr_assert(turn.snapshot);
    cr_expect_eq(cpu_in(turn.snapshot), 40);
    cr_expect_eq(turn.snapshot->cost_usd_per_hour, 0.25);
    cr_expect_str_eq(turn.snapshot->slowed, "slowed");
    cr_expect_eq(turn.snapshot->at_ms, NOW + WHEN_SECOND, "as of the reader's own now");
    g_autofree char *words =
        g_strdup_printf("alice's console, pid %" G_GINT64_FORMAT, alice->self.holder->pid);
    cr_expect_str_eq(turn.leader, words);
    poller_turn_clear(&turn);
}

Test(poller, a_follower_is_told_nothing_while_nothing_is_new)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    publish(alice, 1, 40, NULL);
    role_of(bob, 1);
    role_of(alice, 9);
    struct poller_turn turn = turn_of(bob, 9, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_FOLLOWS);
    cr_expect(turn.snapshot == NULL, "a beat alone is no news");
    poller_turn_clear(&turn);
}

Test(poller, a_sources_error_reaches_the_followers)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    publish(alice, 1, 40, "Throttling");
    struct poller_turn turn = turn_of(bob, 1, NULL, NULL);
    cr_assert(turn.snapshot);
    const struct source *source = turn.snapshot->sources->pdata[0];
    cr_expect_eq(source->state, SOURCE_ERROR);
    cr_expect_str_eq(source->error, "Throttling");
    poller_turn_clear(&turn);
}

Test(poller, a_dead_leader_is_replaced_at_once_by_one_who_knows_what_it_read)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    dies(alice);
    publish(alice, 0, 40, NULL);
    publish(alice, 0, 41, NULL);
    struct poller_turn turn = turn_of(bob, 0, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_LEADS);
    cr_assert(turn.snapshot);
    cr_expect_eq(cpu_in(turn.snapshot), 41);
    poller_turn_clear(&turn);
}

Test(poller, a_silent_leader_is_replaced_and_follows_when_it_wakes)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    int patience_s = (int)(bob->patience_ms / WHEN_SECOND);
    cr_expect_eq(role_of(bob, patience_s), POLLER_FOLLOWS);
    cr_expect_eq(role_of(bob, patience_s + 1), POLLER_LEADS);
    publish(bob, patience_s + 2, 50, NULL);
    OWN(snapshot) late = seen(40, NULL);
    struct poller_turn turn = turn_of(alice, patience_s + 3, late, NULL);
    cr_expect_eq(turn.role, POLLER_FOLLOWS, "it does not publish over the new one");
    cr_assert(turn.snapshot);
    cr_expect_eq(cpu_in(turn.snapshot), 50);
    poller_turn_clear(&turn);
    cr_expect_eq(role_of(bob, patience_s + 3), POLLER_LEADS);
}

Test(poller, a_leader_that_beats_is_left_alone_however_long)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    for (int s = 0; s < 300; s++) {
        cr_assert_eq(role_of(alice, s), POLLER_LEADS);
        cr_assert_eq(role_of(bob, s), POLLER_FOLLOWS);
    }
}

Test(poller, who_leaves_need_not_be_waited_for)
{
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    {
        OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
        role_of(alice, 0);
        cr_expect_eq(role_of(bob, 0), POLLER_FOLLOWS);
    }
    cr_expect_eq(role_of(bob, 1), POLLER_LEADS);
}

Test(poller, a_conductor_takes_the_lead_from_a_console_and_never_follows)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    role_of(alice, 0);
    {
        OWN(poller_desk) conductor = desk_of("conductor@here", POLLER_CONDUCTOR);
        struct poller_turn early = {.now_ms = NOW, .boot_ms = 1000000};
        poller_turn_run(conductor, &early);
        cr_expect_eq(early.role, POLLER_ALONE, "before it has asked every source");
        cr_expect(early.snapshot == NULL && early.trouble == NULL);
        cr_expect_eq(role_of(alice, 1), POLLER_LEADS);
        cr_expect_eq(publish(conductor, 2, 70, NULL), POLLER_LEADS);
        OWN(poller_desk) second = desk_of("conductor2", POLLER_CONDUCTOR);
        cr_expect_eq(role_of(second, 2), POLLER_ALONE);
        struct poller_turn turn = turn_of(alice, 3, NULL, NULL);
        cr_expect_eq(turn.role, POLLER_FOLLOWS);
        cr_assert(turn.snapshot);
        cr_expect_eq(cpu_in(turn.snapshot), 70);
        cr_expect(g_str_has_prefix(turn.leader, "conductor, pid "));
        poller_turn_clear(&turn);
    }
    cr_expect_eq(role_of(alice, 4), POLLER_LEADS);
}

Test(poller, another_configuration_polls_for_itself_and_publishes_nothing)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    struct config *ours = config;
    config = config_of("name: small\ncells:\n  cell-dev: {class: dev, region: us-east-1, "
                       "residency: US, endpoint: 'http://127.0.0.1:1/', max_users: 1, "
                       "max_patients: 1}\n");
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    struct poller_turn turn = turn_of(bob, 1, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_ALONE);
    cr_assert(turn.trouble);
    cr_expect(strstr(turn.trouble, "another configuration") && strstr(turn.trouble, "alice"));
    cr_expect(turn.snapshot == NULL);
    poller_turn_clear(&turn);
    cr_expect_eq(role_of(alice, 2), POLLER_LEADS);
    dies(alice);
    role_of(alice, 8);
    cr_expect_eq(role_of(bob, 9), POLLER_LEADS, "nobody else uses it any more");
    config_unref(config);
    config = ours;
}

Test(poller, a_leader_hears_what_all_want_and_forgets_the_dead)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    OWN(poller_desk) carol = desk_of("carol", POLLER_CONSOLE);
    role_of(alice, 0);
    OWN(want) want = want_new();
    want->watched = g_strsplit("cell-1 cell-eu", " ", -1);
    want_since(want, "cell-eu", 77);
    want->refresh_ms = 5;
    want_shown(want, "cell-1", 55);
    want_shown(want, "cell-dev", 66);
    struct poller_turn told = turn_of(bob, 0, NULL, want);
    poller_turn_clear(&told);
    cr_expect(want_since(want, "cell-eu", 33));
    cr_expect(!want_since(want, "cell-eu", 33), "the same wish again is none");
    cr_expect(!want_since(want, "cell-eu", 44), "nor is one for less,");
    cr_expect(want_only_since(want, "cell-eu", 44) && want_since(want, "cell-eu", 33), "but so");
    g_free(want->watched[0]);
    want->watched[0] = g_strdup("cell-dev");
    want_shown(want, "cell-1", 50);
    want_shown(want, "cell-dev", 0);
    told = turn_of(carol, 0, NULL, want);
    poller_turn_clear(&told);

    struct poller_turn turn = turn_of(alice, 1, NULL, NULL);
    cr_assert(turn.wants_changed && turn.wanted);
    g_autofree char *watched = g_strjoinv(" ", turn.wanted->watched);
    cr_expect_str_eq(watched, "cell-1 cell-eu cell-dev");
    cr_expect_eq(*(gint64 *)g_hash_table_lookup(turn.wanted->since, "cell-eu"), 33);
    cr_expect_eq(turn.wanted->refresh_ms, 5);
    cr_expect_eq(*(gint64 *)g_hash_table_lookup(turn.wanted->shown, "cell-1"), 50);
    cr_expect_eq(*(gint64 *)g_hash_table_lookup(turn.wanted->shown, "cell-dev"), 66, "bob's");
    poller_turn_clear(&turn);
    turn = turn_of(alice, 2, NULL, NULL);
    cr_expect(!turn.wants_changed);
    poller_turn_clear(&turn);

    dies(carol);
    told = turn_of(carol, 3, NULL, want);
    poller_turn_clear(&told);
    turn = turn_of(alice, 4, NULL, NULL);
    cr_assert(turn.wants_changed && turn.wanted);
    cr_expect_eq(g_strv_length(turn.wanted->watched), 2);
    poller_turn_clear(&turn);
    cr_expect_eq(cache_number(alice->cache, "SELECT count(*) FROM want"), 1);
}

Test(poller, who_can_read_nothing_gives_way_to_one_who_has_not_tried)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    publish(alice, 1, 40, "ExpiredToken");
    cr_expect_eq(role_of(bob, 2), POLLER_FOLLOWS);
    struct poller_turn turn = {
        .now_ms = NOW, .boot_ms = 1003000, .may_lead = true, .may_replace_unwell = true};
    poller_turn_run(bob, &turn);
    cr_expect_eq(turn.role, POLLER_LEADS);
    poller_turn_clear(&turn);
    cr_expect_eq(role_of(alice, 4), POLLER_FOLLOWS);
}

Test(poller, a_file_that_is_removed_or_ruined_is_begun_anew)
{
    OWN(poller_desk) alice = desk_of("alice", POLLER_CONSOLE);
    publish(alice, 0, 40, NULL);
    publish(alice, 1, 40, NULL);
    g_unlink(path);
    cr_expect_eq(publish(alice, 2, 41, NULL), POLLER_LEADS);
    cr_expect_eq(publish(alice, 3, 41, NULL), POLLER_LEADS);
    OWN(poller_desk) bob = desk_of("bob", POLLER_CONSOLE);
    struct poller_turn turn = turn_of(bob, 4, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_FOLLOWS);
    cr_assert(turn.snapshot);
    cr_expect_eq(cpu_in(turn.snapshot), 41);
    poller_turn_clear(&turn);

    sqlite3_exec(alice->cache->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    g_autofree char *noise = g_strnfill(40000, 'x');
    cr_assert(g_file_set_contents_full(path, noise, 40000, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    bool leads = false;
    for (int s = 5; s < 60 && !leads; s++)
        leads = publish(bob, s, 42, NULL) == POLLER_LEADS &&
                cache_number(bob->cache, "SELECT gen FROM head") > 0;
    cr_expect(leads);
}

Test(poller, who_can_keep_nothing_polls_for_itself_and_says_why)
{
    cr_assert(g_file_set_contents(path, "", 0, NULL));
    g_autofree char *no_folder = g_build_filename(path, "below", NULL);
    const struct lead_self self = {g_strdup("x"), g_strdup("x"), POLLER_CONSOLE, holder_self()};
    OWN(poller_desk) desk = poller_desk_new(no_folder, config, &self);
    struct poller_turn turn = turn_of(desk, 0, NULL, NULL);
    cr_expect_eq(turn.role, POLLER_ALONE);
    cr_assert(turn.trouble);
    cr_expect(strstr(turn.trouble, no_folder) && strstr(turn.trouble, "polls for itself"));
    poller_turn_clear(&turn);
    cr_expect_eq(role_of(desk, 1), POLLER_ALONE);
}
