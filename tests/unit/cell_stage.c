#include "tests/unit/cell_stage.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <string.h>

struct cell_reading cell_reading_of(gint64 age_ms)
{
    struct cell_reading reading = well_reading(CELL_NOW - age_ms);
    static const struct alarm drafts[] = {
        {.name = (char *)"cell-1-unhealthy", .state = ALARM_OK},
        {.name = (char *)"cell-1-cpu", .state = ALARM_ALARM, .reason = (char *)"91 over 90"}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++) {
        struct alarm *alarm = g_new0(struct alarm, 1);
        *alarm = (struct alarm){g_strdup(drafts[i].name), g_strdup("cell-1"), drafts[i].state,
                                CELL_NOW - WHEN_DAY, g_strdup(drafts[i].reason)};
        g_ptr_array_add(reading.alarms, alarm);
    }
    return reading;
}

struct deck *cell_deck_with(struct config *config, struct cell_reading *reading,
                            struct registry *registry)
{
    struct cell_reading readings[4];
    memset(readings, 0, sizeof readings);
    readings[1] = *reading;
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    const struct fleet_input input = {config, readings, registry, sources, 0, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, CELL_NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = CELL_NOW;
    deck_set_snapshot(deck, snapshot);
    deck_choose(deck, "cell-1", NULL, NULL);
    cell_reading_clear(reading);
    return deck;
}

struct deck *cell_deck_of(gint64 age_ms)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading reading = cell_reading_of(age_ms);
    return cell_deck_with(config, &reading, NULL);
}

char *cell_shown_after(const struct deck *deck, int rows, int cols, const enum request *keys,
                       size_t n)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    const struct area area = {1, 0, rows - 2, cols};
    void *state = view_cell.open();
    for (size_t i = 0; i <= n; i++) {
        if (view_cell.prepare)
            view_cell.prepare(state, deck, &area);
        if (i < n)
            view_cell.key(state, deck, keys[i]);
    }
    view_cell.draw(state, deck, canvas, &area);
    char *dump = canvas_dump(canvas);
    view_cell.close(state);
    canvas_free(canvas);
    return dump;
}

char *cell_shown(const struct deck *deck, int rows, int cols)
{
    return cell_shown_after(deck, rows, cols, NULL, 0);
}

void cell_expect(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) != NULL, "%s is not in\n%s", text, screen);
}

void cell_expect_not(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) == NULL, "%s is in\n%s", text, screen);
}

struct registry *cell_registry(int n, bool broken, bool complete)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (int i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("tenant-%03d", i);
        const struct tenant draft = {.id = id,
                                     .cell = "cell-1",
                                     .region = "us-east-1",
                                     .max_users = 50,
                                     .max_patients = broken && i + 1 == n ? -1 : 3,
                                     .current_users = 100 - i};
        g_ptr_array_add(tenants, tenant_new(&draft));
    }
    return registry_new(tenants, CELL_NOW, complete);
}

void cell_add_event(struct deck *deck, gint64 at_ms, const char *type, const char *data)
{
    struct event *event = g_new0(struct event, 1);
    *event = (struct event){.stream = g_strdup("r1"),
                            .seq = deck->cell_events->len + 1,
                            .at_ms = at_ms,
                            .type = g_strdup(type),
                            .data = json_loads(data, 0, NULL)};
    cr_assert_not_null(event->data, "%s", data);
    g_ptr_array_set_free_func(deck->cell_events, (GDestroyNotify)event_free);
    g_ptr_array_insert(deck->cell_events, 0, event);
}
