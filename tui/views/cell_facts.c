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

/* What was read longer ago than counts as known, with its age; NULL while it is fresh. Caller
 * frees.
 */
static char *stale_words(const struct deck *deck, gint64 at_ms)
{
    gint64 age_ms = deck->now_ms - at_ms;
    if (age_ms <= stale_after_ms(deck->config->metrics.period_ms))
        return NULL;
    g_autofree char *age = duration_short(age_ms);
    return g_strdup_printf("STALE %s", age);
}

/* Of an old answer nothing is good or bad any more: it is not known. */
static void put_dependencies(struct lines *lines, const struct probe *probe, bool stale)
{
    int row = lines->area.row + lines->row, col = lines->area.col;
    int end = col + lines->area.cols;
    if (lines->row++ >= lines->area.rows)
        return;
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = g_ptr_array_index(probe->dependencies, i);
        const char *shape = stale ? "? " : dependency->up ? "✔ " : "✖ ";
        enum role role = stale ? ROLE_UNKNOWN : dependency->up ? ROLE_GOOD : ROLE_BAD;
        g_autofree char *name = g_strconcat(dependency->name,
                                            !stale           ? ""
                                            : dependency->up ? " was up"
                                                             : " was down",
                                            NULL);
        int width = text_width(name) + 4;
        if (col + width > end && lines->row < lines->area.rows) {
            row = lines->area.row + lines->row++;
            col = lines->area.col;
        }
        col += canvas_text(lines->canvas, row, col, end - col, role, shape);
        col += canvas_text(lines->canvas, row, col, end - col,
                           role == ROLE_GOOD ? ROLE_NORMAL : role, name) +
               2;
    }
}

static char *probe_words(const struct deck *deck, const struct probe *probe)
{
    g_autofree char *age = duration_short(MAX(0, deck->now_ms - probe->at_ms));
    if (!probe->answered)
        return g_strdup_printf("no answer %s ago: %s", age,
                               probe->error ? probe->error : "unknown");
    return g_strdup_printf("%s in %" G_GINT64_FORMAT " ms, %s ago",
                           probe->version ? probe->version : "no version", probe->took_ms, age);
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
    g_autofree char *stale = stale_words(deck, probe->at_ms);
    g_autofree char *words = probe_words(deck, probe);
    g_autofree char *text = stale ? g_strdup_printf("? %s: %s", stale, words) : g_strdup(words);
    put(lines, stale ? ROLE_UNKNOWN : probe->answered ? ROLE_NORMAL : ROLE_BAD, text);
    if (probe->answered)
        put_dependencies(lines, probe, stale != NULL);
}

static void put_alarm(struct lines *lines, const struct deck *deck, const struct alarm *alarm,
                      bool stale)
{
    static const struct mark marks[] = {[ALARM_OK] = {"✔", ROLE_GOOD},
                                        [ALARM_ALARM] = {"✖", ROLE_BAD},
                                        [ALARM_INSUFFICIENT_DATA] = {"?", ROLE_UNKNOWN}};
    static const char *const words[] = {
        [ALARM_OK] = "ok", [ALARM_ALARM] = "ALARM", [ALARM_INSUFFICIENT_DATA] = "no data"};
    g_autofree char *since = duration_short(MAX(0, deck->now_ms - alarm->since_ms));
    GString *text = g_string_new(stale ? "?" : marks[alarm->state].shape);
    g_string_append_printf(text, " %s %s%s", alarm->name, stale ? "was " : "", words[alarm->state]);
    if (!stale)
        g_string_append_printf(text, " for %s", since);
    if (alarm->state == ALARM_ALARM && alarm->reason)
        g_string_append_printf(text, ": %s", alarm->reason);
    enum role role = stale                      ? ROLE_UNKNOWN
                     : alarm->state == ALARM_OK ? ROLE_NORMAL
                                                : marks[alarm->state].role;
    put(lines, role, text->str);
    g_string_free(text, TRUE);
}

static void put_alarms(struct lines *lines, const struct deck *deck, const struct cell *cell)
{
    const GPtrArray *alarms = cell->reading.alarms;
    g_autofree char *stale = alarms ? stale_words(deck, cell->reading.alarms_at_ms) : NULL;
    g_autofree char *title = g_strjoin(" ", "alarms", stale, NULL);
    put_heading(lines, title);
    if (!alarms)
        put(lines, ROLE_UNKNOWN, "? never read");
    else if (alarms->len == 0)
        put(lines, stale ? ROLE_UNKNOWN : ROLE_DIM, stale ? "? none were defined" : "none defined");
    for (guint i = 0; alarms && i < alarms->len; i++)
        put_alarm(lines, deck, g_ptr_array_index(alarms, i), stale != NULL);
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
