/* What is known of a cell beside its metrics: probe, alarms, tenants, and what was done to it. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/story.h"
#include "tui/views/cell_look.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"

#include <string.h>

char *cell_stale_words(const struct deck *deck, gint64 at_ms)
{
    gint64 age_ms = deck->now_ms - at_ms;
    if (age_ms <= stale_after_ms(deck->config->metrics.period_ms))
        return NULL;
    g_autofree char *age = duration_short(age_ms);
    return g_strdup_printf("STALE %s", age);
}

static const struct probe *newest_probe(const struct cell *cell)
{
    const GPtrArray *probes = cell->reading.probes;
    return probes && probes->len ? probes->pdata[probes->len - 1] : NULL;
}

char *cell_probe_words(const struct cell_look *look, enum role *role)
{
    const struct probe *probe = newest_probe(look->cell);
    *role = ROLE_UNKNOWN;
    if (!probe)
        return g_strdup("? never asked");
    g_autofree char *stale = cell_stale_words(look->deck, probe->at_ms);
    g_autofree char *age = duration_short(MAX(0, look->deck->now_ms - probe->at_ms));
    GString *text = g_string_new(NULL);
    if (stale)
        g_string_append_printf(text, "? %s: ", stale);
    else
        *role = probe->answered ? ROLE_NORMAL : ROLE_BAD;
    if (probe->answered)
        g_string_append_printf(text, "%s in %" G_GINT64_FORMAT " ms, %s ago",
                               probe->version ? probe->version : "no version", probe->took_ms, age);
    else
        g_string_append_printf(text, "no answer %s ago: %s", age,
                               probe->error ? probe->error : "unknown");
    return g_string_free(text, FALSE);
}

/* Of an old answer nothing is good or bad any more: it is not known. */
static char *dependency_words(const struct dependency *dependency, bool stale, enum role *role)
{
    *role = stale ? ROLE_UNKNOWN : dependency->up ? ROLE_GOOD : ROLE_BAD;
    return g_strconcat(stale            ? "? "
                       : dependency->up ? "✔ "
                                        : "✖ ",
                       dependency->name,
                       !stale           ? ""
                       : dependency->up ? " was up"
                                        : " was down",
                       NULL);
}

/* Side by side, as many as go in a row. With no canvas they are only counted: the rows they take.
 */
static int put_dependencies(const struct cell_look *look, struct canvas *canvas,
                            const struct area *area)
{
    const struct probe *probe = newest_probe(look->cell);
    if (!probe || !probe->answered)
        return 0;
    g_autofree char *stale = cell_stale_words(look->deck, probe->at_ms);
    int row = 0, col = 0;
    for (guint i = 0; i < probe->dependencies->len; i++) {
        enum role role;
        g_autofree char *words =
            dependency_words(probe->dependencies->pdata[i], stale != NULL, &role);
        int width = text_width(words);
        if (col > 0 && col + width > area->cols) {
            row++;
            col = 0;
        }
        if (canvas)
            canvas_text(canvas, area->row + row, area->col + col, area->cols - col, role, words);
        col += width + 2;
    }
    return probe->dependencies->len ? row + 1 : 0;
}

static GArray *probe_lines(const struct cell_look *look, int cols)
{
    enum role role;
    g_autofree char *words = cell_probe_words(look, &role);
    GArray *lines = cell_lines_new();
    cell_lines_head(lines, "/healthcheck");
    cell_lines_add(lines, role, cols, words);
    return lines;
}

static int probe_rows(const struct cell_look *look, int cols)
{
    g_autoptr(GArray) lines = probe_lines(look, cols);
    const struct area area = {.cols = cols};
    return (int)lines->len + put_dependencies(look, NULL, &area);
}

static void probe_draw(const struct cell_look *look, struct canvas *canvas, const struct area *area)
{
    g_autoptr(GArray) lines = probe_lines(look, area->cols);
    cell_lines_draw(lines, canvas, area);
    const struct area below = {area->row + (int)lines->len, area->col, area->rows, area->cols};
    put_dependencies(look, canvas, &below);
}

static const struct mark alarm_marks[] = {[ALARM_OK] = {"✔", ROLE_GOOD},
                                          [ALARM_ALARM] = {"✖", ROLE_BAD},
                                          [ALARM_INSUFFICIENT_DATA] = {"?", ROLE_UNKNOWN}};

static void add_alarm(GArray *lines, int cols, const struct deck *deck, const struct alarm *alarm,
                      bool stale)
{
    static const char *const words[] = {
        [ALARM_OK] = "ok", [ALARM_ALARM] = "ALARM", [ALARM_INSUFFICIENT_DATA] = "no data"};
    const struct mark mark = alarm_marks[alarm->state];
    g_autofree char *since = duration_short(MAX(0, deck->now_ms - alarm->since_ms));
    GString *text = g_string_new(stale ? "?" : mark.shape);
    g_string_append_printf(text, " %s %s%s", alarm->name, stale ? "was " : "", words[alarm->state]);
    if (!stale)
        g_string_append_printf(text, " for %s", since);
    if (alarm->state == ALARM_ALARM && alarm->reason)
        g_string_append_printf(text, ": %s", alarm->reason);
    enum role role = stale ? ROLE_UNKNOWN : alarm->state == ALARM_OK ? ROLE_NORMAL : mark.role;
    cell_lines_add(lines, role, cols, text->str);
    g_string_free(text, TRUE);
}

/* Those in ALARM first, then those without data. */
static gint worst_first(gconstpointer a, gconstpointer b)
{
    static const int ranks[] = {[ALARM_ALARM] = 0, [ALARM_INSUFFICIENT_DATA] = 1, [ALARM_OK] = 2};
    const struct alarm *x = *(const struct alarm *const *)a, *y = *(const struct alarm *const *)b;
    int by_state = ranks[x->state] - ranks[y->state];
    return by_state ? by_state : strcmp(x->name, y->name);
}

static GArray *alarms_lines(const struct cell_look *look, int cols)
{
    const struct cell_reading *reading = &look->cell->reading;
    GArray *lines = cell_lines_new();
    g_autofree char *stale =
        reading->alarms ? cell_stale_words(look->deck, reading->alarms_at_ms) : NULL;
    g_autofree char *title = g_strjoin(" ", "alarms", stale, NULL);
    cell_lines_head(lines, title);
    if (!reading->alarms)
        cell_lines_add(lines, ROLE_UNKNOWN, cols, "? never read");
    else if (reading->alarms->len == 0)
        cell_lines_add(lines, stale ? ROLE_UNKNOWN : ROLE_DIM, cols,
                       stale ? "? none were defined" : "none defined");
    g_autoptr(GPtrArray) alarms = g_ptr_array_new();
    for (guint i = 0; reading->alarms && i < reading->alarms->len; i++)
        g_ptr_array_add(alarms, reading->alarms->pdata[i]);
    g_ptr_array_sort(alarms, worst_first);
    for (guint i = 0; i < alarms->len; i++)
        add_alarm(lines, cols, look->deck, alarms->pdata[i], stale != NULL);
    return lines;
}

char *cell_alarms_words(const struct cell_look *look, enum role *role)
{
    const struct cell_reading *reading = &look->cell->reading;
    *role = ROLE_UNKNOWN;
    if (!reading->alarms)
        return g_strdup("? never read");
    guint counts[3] = {0}, all = reading->alarms->len;
    const char *first = NULL;
    for (guint i = 0; i < all; i++) {
        const struct alarm *alarm = reading->alarms->pdata[i];
        counts[alarm->state]++;
        first = !first && alarm->state == ALARM_ALARM ? alarm->name : first;
    }
    g_autofree char *stale = cell_stale_words(look->deck, reading->alarms_at_ms);
    if (stale)
        return g_strdup_printf("? %s, %u of %u were in ALARM", stale, counts[ALARM_ALARM], all);
    *role = counts[ALARM_ALARM]               ? ROLE_BAD
            : counts[ALARM_INSUFFICIENT_DATA] ? ROLE_UNKNOWN
                                              : ROLE_NORMAL;
    if (first)
        return g_strdup_printf("✖ %u of %u: %s", counts[ALARM_ALARM], all, first);
    if (counts[ALARM_INSUFFICIENT_DATA])
        return g_strdup_printf("? %u of %u without data", counts[ALARM_INSUFFICIENT_DATA], all);
    return all ? g_strdup_printf("✔ all %u ok", all) : g_strdup("none defined");
}

static int alarms_rows(const struct cell_look *look, int cols)
{
    g_autoptr(GArray) lines = alarms_lines(look, cols);
    return (int)lines->len;
}

static void alarms_draw(const struct cell_look *look, struct canvas *canvas,
                        const struct area *area)
{
    g_autoptr(GArray) lines = alarms_lines(look, area->cols);
    cell_lines_draw(lines, canvas, area);
}

const struct cell_part cell_probe = {probe_rows, probe_draw};
const struct cell_part cell_alarms = {alarms_rows, alarms_draw};
