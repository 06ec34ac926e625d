#include "tui/views/cell_facts.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"

#include <string.h>

/* Lines that are put one below the other, as long as there is room. */
struct lines {
    struct canvas *canvas;
    struct area area;
    int row;
};

static void put(struct lines *lines, enum role role, const char *text)
{
    if (lines->row < lines->area.rows)
        canvas_text(lines->canvas, lines->area.row + lines->row++, lines->area.col,
                    lines->area.cols, role, text);
}

static void put_heading(struct lines *lines, const char *title)
{
    if (lines->row >= lines->area.rows)
        return;
    frame_rule(lines->canvas, lines->area.row + lines->row++, &lines->area, title);
}

static void put_dependencies(struct lines *lines, const struct probe *probe)
{
    int row = lines->area.row + lines->row, col = lines->area.col;
    int end = col + lines->area.cols;
    if (lines->row++ >= lines->area.rows)
        return;
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = g_ptr_array_index(probe->dependencies, i);
        int width = text_width(dependency->name) + 4;
        if (col + width > end && lines->row < lines->area.rows) {
            row = lines->area.row + lines->row++;
            col = lines->area.col;
        }
        enum role role = dependency->up ? ROLE_GOOD : ROLE_BAD;
        col += canvas_text(lines->canvas, row, col, end - col, role, dependency->up ? "✔ " : "✖ ");
        col += canvas_text(lines->canvas, row, col, end - col,
                           dependency->up ? ROLE_NORMAL : ROLE_BAD, dependency->name) +
               2;
    }
}

static void put_probe(struct lines *lines, const struct deck *deck, const struct cell *cell)
{
    put_heading(lines, "/healthcheck");
    const GPtrArray *probes = cell->reading.probes;
    if (!probes || probes->len == 0) {
        put(lines, ROLE_UNKNOWN, "? never asked");
        return;
    }
    const struct probe *probe = g_ptr_array_index(probes, probes->len - 1);
    g_autofree char *age = duration_short(MAX(0, deck->now_ms - probe->at_ms));
    bool old = deck->now_ms - probe->at_ms > stale_after_ms(deck->config->metrics.period_ms);
    g_autofree char *text =
        probe->answered
            ? g_strdup_printf("%s in %" G_GINT64_FORMAT " ms, %s ago%s",
                              probe->version ? probe->version : "no version", probe->took_ms, age,
                              old ? " STALE" : "")
            : g_strdup_printf("no answer %s ago: %s", age, probe->error ? probe->error : "unknown");
    put(lines, !probe->answered ? ROLE_BAD : old ? ROLE_UNKNOWN : ROLE_NORMAL, text);
    if (probe->answered)
        put_dependencies(lines, probe);
}

static void put_alarms(struct lines *lines, const struct deck *deck, const struct cell *cell)
{
    static const struct mark marks[] = {[ALARM_OK] = {"✔", ROLE_GOOD},
                                        [ALARM_ALARM] = {"✖", ROLE_BAD},
                                        [ALARM_INSUFFICIENT_DATA] = {"?", ROLE_UNKNOWN}};
    static const char *const words[] = {
        [ALARM_OK] = "ok", [ALARM_ALARM] = "ALARM", [ALARM_INSUFFICIENT_DATA] = "no data"};
    put_heading(lines, "alarms");
    const GPtrArray *alarms = cell->reading.alarms;
    if (!alarms || alarms->len == 0)
        put(lines, alarms ? ROLE_DIM : ROLE_UNKNOWN, alarms ? "none defined" : "? never read");
    for (guint i = 0; alarms && i < alarms->len; i++) {
        const struct alarm *alarm = g_ptr_array_index(alarms, i);
        g_autofree char *since = duration_short(MAX(0, deck->now_ms - alarm->since_ms));
        g_autofree char *text =
            g_strdup_printf("%s %s %s for %s%s%s", marks[alarm->state].shape, alarm->name,
                            words[alarm->state], since, alarm->state == ALARM_ALARM ? ": " : "",
                            alarm->state == ALARM_ALARM && alarm->reason ? alarm->reason : "");
        put(lines, alarm->state == ALARM_OK ? ROLE_NORMAL : marks[alarm->state].role, text);
    }
}

static gint most_users_first(gconstpointer a, gconstpointer b)
{
    const struct tenant *x = *(const struct tenant *const *)a,
                        *y = *(const struct tenant *const *)b;
    if (x->current_users != y->current_users)
        return x->current_users < y->current_users ? 1 : -1;
    return strcmp(x->id, y->id);
}

static void put_tenants(struct lines *lines, const struct deck *deck, const struct cell *cell)
{
    const struct registry *registry = deck->snapshot->registry;
    g_autofree char *count = registry_count_text(registry, cell->tenants);
    g_autofree char *users = registry_count_text(registry, cell->registered_users);
    g_autofree char *title = g_strdup_printf("%s tenants, %s users registered%s", count, users,
                                             !registry             ? ": not read"
                                             : !registry->complete ? ": read in part"
                                                                   : "");
    put_heading(lines, title);
    g_autoptr(GPtrArray) here = g_ptr_array_new();
    for (guint i = 0; registry && i < registry->tenants->len; i++) {
        struct tenant *tenant = g_ptr_array_index(registry->tenants, i);
        if (g_strcmp0(tenant->cell, cell->config->id) == 0)
            g_ptr_array_add(here, tenant);
    }
    g_ptr_array_sort(here, most_users_first);
    int room = MAX(0, lines->area.rows - lines->row);
    for (int i = 0; i < (int)here->len && i < room; i++) {
        const struct tenant *tenant = g_ptr_array_index(here, (guint)i);
        g_autofree char *has =
            tenant->current_users < 0 ? g_strdup("–") : text_count(tenant->current_users);
        int row = lines->area.row + lines->row;
        canvas_right(lines->canvas, row, lines->area.col, 7, ROLE_DIM, has);
        lines->area.col += 8, lines->area.cols -= 8;
        put(lines, tenant->fault ? ROLE_WARN : ROLE_NORMAL, tenant->id);
        lines->area.col -= 8, lines->area.cols += 8;
    }
}

static void draw_history(const struct deck *deck, struct lines *lines)
{
    put_heading(lines, "what was done here");
    struct area log = {lines->area.row + lines->row, lines->area.col,
                       MAX(0, lines->area.rows - lines->row), lines->area.cols};
    if (deck->cell_events->len == 0)
        put(lines, ROLE_DIM, "nothing, as far as the journal goes back");
    else
        frame_log(lines->canvas, &log, deck->cell_events, false);
}

void cell_facts_draw(const struct deck *deck, const struct cell *cell, struct canvas *canvas,
                     const struct area *area)
{
    bool wide = area->cols >= 70;
    int half = wide ? (area->cols - 2) / 2 : area->cols;
    struct lines left = {canvas, *area, 0};
    left.area.cols = half;
    put_probe(&left, deck, cell);
    put_alarms(&left, deck, cell);
    if (!wide) {
        draw_history(deck, &left);
        return;
    }
    /* The tenants take what probe and alarms leave; the history has the other half to itself. */
    put_tenants(&left, deck, cell);
    struct lines right = {canvas, *area, 0};
    right.area.col += half + 2;
    right.area.cols -= half + 2;
    draw_history(deck, &right);
}
