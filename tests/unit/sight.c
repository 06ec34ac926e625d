/* When a conductor is blind: what its rollout's cells are seen by is not read any more. */
#include "rollout/sight.h"

#include "data/base/when.h"
#include "rollout/plan_make.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW                                                                                        \
    G_GINT64_CONSTANT(1795489200000) /* 2026-11-24T03:00:00Z; small_fleet's period is 60 s */

/* A rollout over cell-dev (us-east-1) and cell-eu (eu-west-1). */
struct scene {
    struct config *config;
    struct rollout *rollout;
    GPtrArray *sources;
};

static void setup(struct scene *scene)
{
    static const char *const ids[] = {"cell-dev", "cell-eu"};
    scene->config = small_fleet(NULL);
    scene->rollout = rollout_new("r1");
    scene->rollout->plan = plan_new();
    struct plan_wave *wave = plan_wave_new("all");
    g_ptr_array_add(scene->rollout->plan->waves, wave);
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        struct plan_cell *plan = g_new0(struct plan_cell, 1);
        struct rollout_cell *cell = g_new0(struct rollout_cell, 1);
        plan->id = g_strdup(ids[i]);
        cell->plan = plan;
        cell->state = CELL_BAKING;
        g_ptr_array_add(wave->cells, plan);
        g_ptr_array_add(scene->rollout->cells, cell);
    }
    scene->sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
}

static void teardown(struct scene *scene)
{
    g_ptr_array_unref(scene->sources);
    rollout_free(scene->rollout);
    config_unref(scene->config);
}

static void add(struct scene *scene, const char *what, const char *of, gint64 age_ms,
                const char *error)
{
    const struct cell_config *cell = config_cell(scene->config, of);
    g_autofree char *name = g_strdup_printf("%s %s", what, cell->source);
    gint64 read_ms = age_ms < 0 ? 0 : NOW - age_ms;
    g_ptr_array_add(scene->sources, source_new(name, SOURCE_OK, read_ms, error));
}

static char *missing(const struct scene *scene)
{
    const struct snapshot snapshot = {.config = scene->config, .sources = scene->sources};
    return sight_missing(scene->rollout, &snapshot, NOW);
}

Test(sight, sources_read_within_three_periods_are_seen)
{
    struct scene scene;
    setup(&scene);
    add(&scene, "metrics", "cell-dev", 3 * WHEN_MINUTE, NULL);
    add(&scene, "metrics", "cell-eu", 0, "the last try failed");
    cr_expect_null(missing(&scene));
    teardown(&scene);
}

Test(sight, what_is_older_is_named_with_since_when_and_why)
{
    struct scene scene;
    setup(&scene);
    add(&scene, "alarms", "cell-dev", 3 * WHEN_MINUTE + 1000, "no route");
    add(&scene, "metrics", "cell-eu", 4 * WHEN_MINUTE, NULL);
    g_autofree char *why = missing(&scene);
    cr_assert_not_null(why);
    cr_expect(g_str_has_suffix(why, ": not read since 2026-11-24T02:56:00Z: no route"), "%s", why);
    cr_expect(strstr(why, "alarms ") && strstr(why, ", metrics eu-west-1"), "%s", why);
    teardown(&scene);
}

Test(sight, what_was_never_read_is_missing)
{
    struct scene scene;
    setup(&scene);
    add(&scene, "metrics", "cell-eu", -1, NULL);
    g_autofree char *why = missing(&scene);
    cr_expect_str_eq(why, "metrics eu-west-1: never read");
    teardown(&scene);
}

Test(sight, cells_that_are_out_of_the_rollout_and_other_sources_do_not_count)
{
    struct scene scene;
    setup(&scene);
    add(&scene, "metrics", "cell-eu", WHEN_HOUR, NULL);
    g_ptr_array_add(scene.sources, source_new("registry", SOURCE_ERROR, 0, "down"));
    ((struct rollout_cell *)g_ptr_array_index(scene.rollout->cells, 1))->state = CELL_SKIPPED;
    cr_expect_null(missing(&scene));
    teardown(&scene);
}

Test(sight, one_slow_answer_is_no_news)
{
    cr_expect_eq(sight_patience_ms(WHEN_MINUTE), WHEN_MINUTE);
    cr_expect_eq(sight_patience_ms(WHEN_SECOND), 5 * WHEN_SECOND);
}
