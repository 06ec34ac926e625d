#include "tests/unit/plan_desk.h"

#include <criterion/criterion.h>

const char *const ids[CELLS] = {"cell-0", "cell-2", "cell-1", "cell-1-dr"};
static const enum cell_class classes[CELLS] = {CLASS_DEV, CLASS_SHARED, CLASS_DEDICATED, CLASS_DR};
char *nothing[] = {NULL};

static void lay_cells(struct desk *desk)
{
    for (int i = 0; i < CELLS; i++) {
        desk->cells[i] = (struct cell_config){.id = (char *)ids[i],
                                              .class = classes[i],
                                              .backups = nothing,
                                              .rollback_window_open = true};
        desk->known[i] = (struct cell){.config = &desk->cells[i],
                                       .health = HEALTH_HEALTHY,
                                       .reasons = nothing,
                                       .registered_users = 100 * i};
        desk->known[i].reading.alarms = g_ptr_array_new();
        desk->running[i] = (struct running){(char *)"5.0.2", (char *)"td/7", NULL};
        g_ptr_array_add(desk->config.cells, &desk->cells[i]);
        g_hash_table_insert(desk->survey.running, (char *)ids[i], &desk->running[i]);
    }
    desk->cells[DR].stands_by_for = (char *)"cell-1";
}

static struct gates_config no_gates(const struct desk *desk)
{
    return (struct gates_config){.off = nothing,
                                 .own_limits = desk->no_limits,
                                 .controls = {nothing, desk->no_labels, nothing, nothing},
                                 .regression_metrics = nothing,
                                 .alarm_names = nothing,
                                 .alarm_prefixes = nothing};
}

struct desk *desk_new(void)
{
    struct desk *desk = g_new0(struct desk, 1);
    desk->no_labels = g_hash_table_new(g_str_hash, g_str_equal);
    desk->no_limits = g_ptr_array_new();
    desk->config.cells = g_ptr_array_new();
    desk->config.waves = g_ptr_array_new();
    desk->config.releases.migrations = nothing;
    desk->config.metrics.period_ms = WHEN_MINUTE;
    desk->config.gates = no_gates(desk);
    desk->config.deploy.exec_command = desk->config.deploy.exec_current = nothing;
    desk->config.notify_command = nothing;
    desk->config.deploy.ecs_services = g_ptr_array_new();
    desk->survey.running = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.changes = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.verified = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.pinned = g_hash_table_new(g_str_hash, g_str_equal);
    desk->survey.operations = g_ptr_array_new();
    lay_cells(desk);
    config_index_cells(&desk->config);
    for (int i = 0; i < 3; i++) {
        desk->waves[i] = (struct wave_config){.name = (char *)cell_class_name(classes[i]),
                                              .has_class = true,
                                              .class = classes[i],
                                              .labels = desk->no_labels,
                                              .cells = nothing,
                                              .exclude = nothing,
                                              .bake_ms = WHEN_HOUR,
                                              .max_in_flight = 1,
                                              .gates = no_gates(desk)};
        g_ptr_array_add(desk->config.waves, &desk->waves[i]);
    }
    desk->registry = (struct registry){.complete = true, .tenants = g_ptr_array_new()};
    desk->snapshot = (struct snapshot){.config = &desk->config,
                                       .registry = &desk->registry,
                                       .cells = desk->known,
                                       .n_cells = CELLS,
                                       .sources = g_ptr_array_new()};
    desk->source = (struct source){.name = (char *)"registry", .state = SOURCE_OK};
    g_ptr_array_add(desk->snapshot.sources, &desk->source);
    desk->release = (struct release){(char *)"5.0.3", (char *)"v5.0.3", (char *)"aaaaaaaaaaaaaaaa",
                                     0, (char *)"x"};
    desk->changes.migrations = g_ptr_array_new();
    g_hash_table_insert(desk->survey.changes, (char *)"5.0.2", &desk->changes);
    desk->survey.config = &desk->config;
    desk->survey.snapshot = &desk->snapshot;
    desk->survey.release = &desk->release;
    desk->survey.version = "v5.0.3";
    return desk;
}

static void forget_plan(struct desk *desk)
{
    if (desk->refusals)
        g_ptr_array_unref(g_steal_pointer(&desk->refusals));
    plan_free(g_steal_pointer(&desk->plan));
}

void desk_free(struct desk *desk)
{
    forget_plan(desk);
    for (int i = 0; i < CELLS; i++)
        if (desk->known[i].reading.alarms)
            g_ptr_array_unref(desk->known[i].reading.alarms);
    g_ptr_array_unref(desk->config.cells);
    g_hash_table_unref(desk->config.places);
    g_ptr_array_unref(desk->config.waves);
    g_ptr_array_unref(desk->config.deploy.ecs_services);
    g_hash_table_unref(desk->no_labels);
    g_ptr_array_unref(desk->no_limits);
    g_ptr_array_unref(desk->registry.tenants);
    g_ptr_array_unref(desk->snapshot.sources);
    g_ptr_array_unref(desk->changes.migrations);
    g_ptr_array_unref(desk->survey.operations);
    g_hash_table_unref(desk->survey.running);
    g_hash_table_unref(desk->survey.changes);
    g_hash_table_unref(desk->survey.verified);
    g_hash_table_unref(desk->survey.pinned);
    g_free(desk);
}
const struct refusal *make(struct desk *desk)
{
    forget_plan(desk);
    desk->plan = plan_make(&desk->survey, &desk->options, &desk->refusals);
    return desk->refusals->len ? g_ptr_array_index(desk->refusals, 0) : NULL;
}

void expect_refused(struct desk *desk, enum refusal_kind kind, const char *cell, int exit)
{
    const struct refusal *refusal = make(desk);
    cr_assert(refusal != NULL, "nothing refused");
    cr_expect_eq(desk->refusals->len, 1, "only that");
    cr_expect_eq(refusal->kind, kind, "%s", refusal->why);
    cr_expect_eq(g_strcmp0(refusal->cell, cell), 0);
    cr_expect_eq(refusals_exit_code(desk->refusals), exit);
}

void expect_allowed(struct desk *desk)
{
    const struct refusal *refusal = make(desk);
    cr_expect(refusal == NULL, "%s", refusal ? refusal->why : "");
    cr_expect_eq(refusals_exit_code(desk->refusals), 0);
}

const struct plan_cell *planned(const struct desk *desk, guint wave, guint cell)
{
    const struct plan_wave *place = g_ptr_array_index(desk->plan->waves, wave);
    return g_ptr_array_index(place->cells, cell);
}
