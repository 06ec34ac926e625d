/* What may safely be done next about a cell that is not well. */
#include "tui/views/safe_next.h"

#include "data/base/when.h"
#include "rollout/conductor.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/headline.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* cell-1 with too many errors, in a rollout r7 of 5.0.3 that somebody conducts. */
struct scene {
    struct deck *deck;
    struct plan plan;
    struct plan_cell planned;
    struct rollout_cell part;
    struct rollout rollout;
};

static void conducted(struct scene *scene, bool alive)
{
    struct conductor_info *info = g_new0(struct conductor_info, 1);
    *info = (struct conductor_info){.alive = alive,
                                    .host = g_strdup("bastion-1"),
                                    .heartbeat_ms = NOW - 1000,
                                    .lease_ms = 30000};
    g_hash_table_replace(scene->deck->conductors, g_strdup("r7"), info);
}

static struct deck *deck_of(gint64 age_ms)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW - age_ms);
    set_series(&readings[1], METRIC_ERROR_RATE, steady(9, 10, NOW - age_ms));
    const struct fleet_input input = {.config = config, .readings = readings};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck->write = true;
    deck_set_snapshot(deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return deck;
}

static void scene_set(struct scene *scene, enum cell_state state, enum rollout_state rollout)
{
    scene->plan.version = (char *)"5.0.3";
    scene->planned.id = (char *)"cell-1";
    scene->planned.from = (char *)"5.0.2";
    scene->part.plan = &scene->planned;
    scene->part.state = state;
    scene->part.state_since_ms = scene->part.deployed_at_ms = NOW - WHEN_HOUR;
    scene->rollout.id = (char *)"r7";
    scene->rollout.plan = &scene->plan;
    scene->rollout.state = rollout;
    scene->rollout.opened_ms = NOW - 2 * WHEN_HOUR;
    scene->rollout.cells = g_ptr_array_new();
    g_ptr_array_add(scene->rollout.cells, &scene->part);
    g_ptr_array_set_free_func(scene->deck->rollouts, NULL);
    g_ptr_array_add(scene->deck->rollouts, &scene->rollout);
    conducted(scene, true);
}

static void scene_clear(struct scene *scene)
{
    g_clear_pointer(&scene->rollout.cells, g_ptr_array_unref);
    deck_free(scene->deck);
}

static void expect_next(const struct scene *scene, const char *wanted)
{
    g_autofree char *next = safe_next(scene->deck, deck_cell(scene->deck, "cell-1"));
    cr_expect_str_eq(next, wanted);
}

Test(safe_next, follows_what_the_rollout_that_lists_the_cell_has_done_there)
{
    static const struct {
        enum cell_state state;
        enum rollout_state rollout;
        const char *next;
    } cases[] = {
        {CELL_ROLLING_BACK, ROLLOUT_FAILING, "wait: r7 is rolling it back"},
        {CELL_DEPLOYING, ROLLOUT_RUNNING,
         "wait, or r, then b to roll back: r7 deploys 5.0.3 there and its gates judge it"},
        {CELL_BAKING, ROLLOUT_RUNNING,
         "wait, or r, then b to roll back: r7 bakes 5.0.3 there and its gates judge it"},
        {CELL_PASSED, ROLLOUT_RUNNING,
         "if it is r7's 5.0.3 that it is not well with: r, then b to roll back"},
        {CELL_PASSED, ROLLOUT_COMPLETED,
         "c for its alarms and its probe: no rollout touches it now"},
        {CELL_PENDING, ROLLOUT_RUNNING,
         "c for its alarms and its probe: r7 has not touched it yet"},
        {CELL_PENDING, ROLLOUT_ABORTED,
         "c for its alarms and its probe: no rollout touches it now"},
        {CELL_ROLLED_BACK, ROLLOUT_FAILED,
         "c for its alarms and its probe: 5.0.2 is back and it is still not well, so 5.0.3 was not all of it"},
        {CELL_ROLLBACK_FAILED, ROLLOUT_FAILING,
         "r shows why: r7 could not roll it back and tries no more"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene scene = {.deck = deck_of(0)};
        scene_set(&scene, cases[i].state, cases[i].rollout);
        expect_next(&scene, cases[i].next);
        scene_clear(&scene);
    }
}

Test(safe_next, of_a_cell_that_is_held_names_those_acts_alone_that_would_be_taken)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_BAKING, ROLLOUT_HELD);
    scene.part.held = (char *)"not attributable";
    expect_next(&scene, "r, then b to roll back: r7 holds it for a person");
    scene.planned.from = NULL;
    expect_next(&scene, "r shows why: r7 holds it for a person");
    scene.planned.from = (char *)"5.0.2";
    scene.part.state = CELL_ROLLED_BACK;
    expect_next(&scene, "r, then x to skip: r7 holds it for a person");
    scene_clear(&scene);
}

Test(safe_next, never_is_to_go_back_where_one_way_migrations_ran)
{
    static const struct {
        enum cell_state state;
        bool held;
        const char *next;
    } cases[] = {
        {CELL_BAKING, true, "r shows why: r7 holds it for a person"},
        {CELL_BAKING, false, "wait: r7 bakes 5.0.3 there and its gates judge it"},
        {CELL_PASSED, false,
         "c for its alarms and its probe: r7's 5.0.3 runs there, and nothing is sure to go back to"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene scene = {.deck = deck_of(0)};
        scene_set(&scene, cases[i].state, ROLLOUT_RUNNING);
        scene.planned.rollback_closed = true;
        scene.part.held = cases[i].held ? (char *)"rollback window closed" : NULL;
        expect_next(&scene, cases[i].next);
        scene_clear(&scene);
    }
}

Test(safe_next, says_where_acting_takes_more_than_this_console)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_BAKING, ROLLOUT_RUNNING);
    scene.deck->write = false;
    expect_next(
        &scene,
        "wait, or r, then b to roll back (with --write): r7 bakes 5.0.3 there and its gates judge it");
    scene.deck->config->journal_host = g_strdup("bastion-1");
    expect_next(
        &scene,
        "wait, or r, then b to roll back (with --write on bastion-1): r7 bakes 5.0.3 there and its gates judge it");
    scene_clear(&scene);
}

Test(safe_next, names_keys_as_they_are_bound)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_BAKING, ROLLOUT_RUNNING);
    g_autofree char *wrong = keymap_bind(scene.deck->keymap, "rollback", "u");
    cr_assert_null(wrong, "%s", wrong);
    expect_next(&scene,
                "wait, or r, then u to roll back: r7 bakes 5.0.3 there and its gates judge it");
    scene_clear(&scene);
}

Test(safe_next, is_a_line_to_type_where_people_press_no_keys)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_BAKING, ROLLOUT_RUNNING);
    keymap_by_word(scene.deck->keymap);
    expect_next(
        &scene,
        "wait, or `rollback cell-1` to roll back: r7 bakes 5.0.3 there and its gates judge it");
    scene.part.held = (char *)"no data";
    expect_next(&scene, "`rollback cell-1` to roll back: r7 holds it for a person");
    scene_clear(&scene);
}

Test(safe_next, is_a_conductor_first_where_nobody_carries_the_rollout_on)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_ROLLING_BACK, ROLLOUT_FAILING);
    conducted(&scene, false);
    expect_next(&scene, "run `celldeck conductor --until-idle`: nobody carries r7 on");
    scene_clear(&scene);
}

Test(safe_next, is_to_see_to_a_conductor_that_has_let_its_lease_pass)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_ROLLING_BACK, ROLLOUT_FAILING);
    struct conductor_info *info = g_hash_table_lookup(scene.deck->conductors, "r7");
    info->pid = 4711;
    info->heartbeat_ms = NOW - 2 * info->lease_ms;
    expect_next(&scene,
                "see conductor.log on bastion-1, and if process 4711 is stuck, kill it and "
                "run `celldeck conductor --until-idle` there: nothing watches it meanwhile");
    scene_clear(&scene);
}

Test(safe_next, does_not_say_that_gates_judge_what_the_conductor_cannot_read)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_BAKING, ROLLOUT_RUNNING);
    scene.rollout.troubles[TROUBLE_BLIND].reason = (char *)"no answer";
    expect_next(&scene, "wait, or r, then b to roll back: r7 bakes 5.0.3 there and goes no further "
                        "while its conductor is blind");
    scene_clear(&scene);
}

Test(safe_next, is_to_act_on_nothing_where_the_journal_is_not_read)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_PASSED, ROLLOUT_COMPLETED);
    scene.deck->copy_trouble = g_strdup("the journal's copy is 4m old");
    expect_next(&scene, "act on nothing here: the journal could not be read of late, so what is "
                        "done to it now is not known");
    scene.deck->journal_error = g_strdup("disk I/O error");
    expect_next(&scene, "act on nothing here: the journal can't be read, so what is done to it now "
                        "is not known");
    scene_clear(&scene);
}

Test(safe_next, right_after_a_rollback_is_to_wait_for_the_old_versions_own_data)
{
    struct scene scene = {.deck = deck_of(0)};
    scene_set(&scene, CELL_ROLLED_BACK, ROLLOUT_FAILED);
    scene.part.state_since_ms = NOW - 2 * WHEN_MINUTE;
    expect_next(&scene, "wait for its next periods: r7 has it back on 5.0.2");
    scene.part.state_since_ms = NOW - 2 * WHEN_DAY;
    expect_next(&scene, "c for its alarms and its probe: no rollout touches it now");
    scene_clear(&scene);
}

Test(safe_next, of_a_cell_that_is_not_seen_is_to_act_on_nothing)
{
    struct scene scene = {.deck = deck_of(WHEN_HOUR)};
    scene_set(&scene, CELL_PASSED, ROLLOUT_RUNNING);
    expect_next(&scene,
                "act on nothing here: how it is now is not known (c shows what can't be read)");
    scene.part.state = CELL_BAKING;
    expect_next(&scene, "wait: r7 bakes 5.0.3 there and its gates judge it");
    scene.part.held = (char *)"gate data is still HOLD";
    expect_next(&scene, "r shows why: r7 holds it for a person, and how it is now is not known");
    scene_clear(&scene);
}

/* The headline of a fleet that is well, in lines of 38 columns as at 40x10; "\n" between them. */
static char *well_headline(struct scene *scene, int most, enum role *role)
{
    const struct config *config = scene->deck->config;
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW);
    const struct fleet_input input = {.config = scene->deck->config, .readings = readings};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    deck_set_snapshot(scene->deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    for (int i = 0; i < 4; i++)
        g_ptr_array_add(cells, &scene->deck->snapshot->cells[i]);
    g_autoptr(GPtrArray) lines = headline_lines(scene->deck, cells, 38, most, role);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

Test(headline, never_says_that_no_rollout_is_under_way_where_the_journal_is_not_read)
{
    struct scene scene = {.deck = deck_of(0)};
    scene.deck->journal_error = g_strdup("disk I/O error");
    enum role role;
    g_autofree char *lines = well_headline(&scene, 3, &role);
    cr_expect_str_eq(lines, "● all 4 cells are well · ▲ the journal\n"
                            "  can't be read: what is under way is\n"
                            "  not known");
    cr_expect_eq(role, ROLE_WARN);
    deck_free(scene.deck);
}

Test(headline, of_40x10_has_what_waits_for_a_person_though_all_cells_are_well)
{
    static const struct {
        enum rollout_state state;
        bool conducted;
        const char *lines;
    } cases[] = {
        {ROLLOUT_RUNNING, false,
         "● all 4 cells are well · ▲ nobody\n  conducts r7, for 1s: run `celldeck …"},
        {ROLLOUT_HELD, true, "● all 4 cells are well · r7 5.0.3\n  held: "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene scene = {.deck = deck_of(0)};
        enum role role;
        scene_set(&scene, CELL_PASSED, cases[i].state);
        conducted(&scene, cases[i].conducted);
        g_autofree char *lines = well_headline(&scene, 2, &role);
        cr_expect(g_str_has_prefix(lines, cases[i].lines), "%s", lines);
        cr_expect_eq(role, ROLE_WARN);
        scene_clear(&scene);
    }
}

Test(headline, adds_up_who_is_affected_over_all_cells_that_are_not_well)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant drafts[] = {
        {.id = "a", .cell = "cell-1", .current_users = 7, .max_users = 9, .max_patients = 100},
        {.id = "b", .cell = "cell-eu", .current_users = 30, .max_users = 40, .max_patients = 1000},
        {.id = "c", .cell = "cell-dev", .current_users = 5, .max_users = 9, .max_patients = 10}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++)
        g_ptr_array_add(tenants, tenant_new(&drafts[i]));
    struct registry *registry = registry_new(tenants, NOW, true);
    struct scene scene = {.deck = deck_of(0)};
    OWN(config) config = config_ref(scene.deck->config);
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW);
    set_series(&readings[1], METRIC_ERROR_RATE, steady(9, 10, NOW));
    set_series(&readings[3], METRIC_ERROR_RATE, steady(8, 10, NOW));
    const struct fleet_input input = {.config = config, .readings = readings, .registry = registry};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    deck_set_snapshot(scene.deck, snapshot);
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    for (int i = 0; i < 4; i++)
        g_ptr_array_add(cells, &snapshot->cells[(i + 1) % 4]);
    enum role role;
    g_autofree char *whole = headline(scene.deck, cells, &role);
    cr_expect(strstr(whole, "1 tenant, 7 users, 100 patients at most"), "%s", whole);
    cr_expect(strstr(whole, "2 of 4 cells are not well: 2 tenants, 37 users, 1,100 patients at "
                            "most"),
              "%s", whole);
    g_autoptr(GPtrArray) lines = headline_lines(scene.deck, cells, 38, 2, &role);
    cr_expect_eq(lines->len, 2);
    cr_expect(g_str_has_prefix(lines->pdata[0], "✖ cell-1 unhealthy for"), "%s",
              (char *)lines->pdata[0]);
    cr_expect_str_eq(lines->pdata[1], "  2 bad: 2 tenants, 37 users");
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    registry_unref(registry);
    scene_clear(&scene);
}
