/* What a rollout's conductor tells its engine of what it has not seen yet. */
#include "rollout/rollout_conduct.h"

#include "data/base/when.h"
#include "rollout/plan_make.h"
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>
#include <string.h>

#define CELL(id, class)                                                                            \
    "  " id ": {class: " class ", region: us-east-1, residency: US, endpoint: "                    \
                               "'http://127.0.0.1:1/', max_users: 10, max_patients: 10}\n"
static const char fleet[] =
    "name: toys\n"
    "cells:\n" CELL("cell-0", "dev") CELL("cell-2", "shared") CELL("cell-3", "shared")
        CELL("cell-1", "dedicated")
            CELL("cell-1-dr",
                 "shared") "deploy: {driver: exec, exec: {command: ['true'], current: ['true']}}\n";

static struct toy *toy;
static struct world world;
static struct conduct *conduct;
static char *dir;

/* Everything up to its first deploy is on record. */
static void come_to_the_first_deploy(void)
{
    while (toy_count(toy, "deploy.intent", NULL) == 0)
        cr_assert(toy_step(toy));
    toy_record(toy, world.journal, 1, toy->events->len - 1);
}

static void set_up(void)
{
    g_autoptr(GError) error = NULL;
    dir = scratch_new();
    toy = toy_new(NULL);
    world = (struct world){.config = config_of(fleet), .journal = journal_open_file(dir, &error)};
    world.deployer = deployer_new(world.config, NULL, dir, &error);
    cr_assert(world.deployer, "%s", error ? error->message : "");
    come_to_the_first_deploy();
    conduct = rollout_conduct.make();
    conduct->kind = &rollout_conduct;
    conduct->world = &world;
    conduct->id = g_strdup("r1");
    cr_assert(rollout_conduct.load(conduct, &error), "%s", error ? error->message : "");
}

static void tear_down(void)
{
    deployer_free(world.deployer);
    rollout_conduct.clear(conduct);
    if (world.snapshot)
        snapshot_unref(world.snapshot);
    g_free(conduct->id);
    g_free(conduct);
    journal_close(world.journal);
    config_unref(world.config);
    toy_free(toy);
    scratch_remove(dir);
}

TestSuite(rollout_conduct, .init = set_up, .fini = tear_down);

/* A fleet that is well, and a deployer that has said what runs. */
static void hear_all(struct rolling *rolling)
{
    struct watch *watch = g_ptr_array_index(rolling->watches, 0);
    struct cell_reading readings[TOY_CELLS];
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    gint64 now_ms = when_now_ms();
    for (int i = 0; i < TOY_CELLS; i++)
        readings[i] = well_reading(now_ms);
    const struct fleet_input input = {
        .config = world.config, .readings = readings, .sources = sources};
    world.snapshot = fleet_fold(&input, now_ms);
    for (int i = 0; i < TOY_CELLS; i++)
        cell_reading_clear(&readings[i]);
    watch->running.version = g_strdup("5.0.2");
    watch->running.reference = g_strdup("cell-0@5.0.2");
    watch->running_mono_ms = when_boot_ms();
}

static char *decided(void)
{
    struct decision decision = rollout_conduct.decide(conduct);
    json_decref(decision.data);
    return g_strdup(decision.type);
}

Test(rollout_conduct,
     before_the_plans_checks_were_asked_once_they_count_as_unread_and_not_as_passed)
{
    struct rolling *rolling = rolling_of(conduct);
    hear_all(rolling);
    g_autofree char *unasked = decided();
    cr_expect_str_neq(unasked ? unasked : "", "deploy.intent");
    rolling->checked_mono_ms = when_boot_ms();
    g_autofree char *asked = decided();
    cr_expect_str_eq(asked ? asked : "", "deploy.intent", "nothing else was in the way");
}
