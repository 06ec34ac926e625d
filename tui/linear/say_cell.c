/* One cell, said whole. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/story.h"
#include "tui/linear/say_sheet.h"
#include "tui/views/cell_look.h"
#include "tui/views/cell_notes.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/marks.h"
#include "tui/views/safe_next.h"

#include <string.h>

enum { TENANTS_MOST = 10, EVENTS_MOST = 10 };

static gint most_users_first(gconstpointer a, gconstpointer b)
{
    const struct tenant *x = *(const struct tenant *const *)a,
                        *y = *(const struct tenant *const *)b;
    if (x->current_users != y->current_users)
        return x->current_users < y->current_users ? 1 : -1;
    return strcmp(x->id, y->id);
}

static GPtrArray *tenants_of(const struct deck *deck, const char *cell)
{
    GPtrArray *tenants = g_ptr_array_new();
    const struct registry *registry = deck->snapshot->registry;
    for (guint i = 0; registry && i < registry->tenants->len; i++) {
        struct tenant *tenant = registry->tenants->pdata[i];
        if (g_strcmp0(tenant->cell, cell) == 0)
            g_ptr_array_add(tenants, tenant);
    }
    g_ptr_array_sort(tenants, most_users_first);
    return tenants;
}

/* What a part of the screen says in lines of its own: its picture, where every line fits. */
static void say_part(struct speech *speech, const struct cell_look *look,
                     const struct cell_part *part)
{
    enum { COLS = 600, MOST = 60 };
    int rows = MIN(part->rows(look, COLS), MOST);
    const struct area area = {0, 0, rows, COLS};
    struct canvas *canvas = canvas_new(rows, COLS, false);
    part->draw(look, canvas, &area);
    for (int row = 0; row < rows; row++) {
        g_autofree char *text = canvas_row(canvas, row);
        say_row(speech, text);
    }
    canvas_free(canvas);
}

/* Each dependency with its word: on the screen a sign alone says whether it is up. */
static void say_probe(struct speech *speech, const struct cell_look *look)
{
    enum role role;
    g_autofree char *words = cell_probe_words(look, &role);
    speech_field(speech, "healthcheck", words);
    const GPtrArray *probes = look->cell->reading.probes;
    const struct probe *probe = probes && probes->len ? probes->pdata[probes->len - 1] : NULL;
    if (!probe || !probe->answered)
        return;
    g_autofree char *stale = cell_stale_words(look->deck, probe->at_ms);
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = probe->dependencies->pdata[i];
        speech_printf(speech, "%s: %s%s", dependency->name, stale ? "not known, was " : "",
                      dependency->up ? "up"
                      : stale        ? "down"
                                     : "DOWN");
    }
}

static void say_tenants_of(struct speech *speech, const struct cell_look *look)
{
    guint n = look->tenants->len;
    if (n == 0)
        return;
    speech_printf(speech,
                  "Tenants, most users first%s:", n > TENANTS_MOST ? ", the first 10 of them" : "");
    for (guint i = 0; i < MIN(n, TENANTS_MOST); i++) {
        const struct tenant *tenant = look->tenants->pdata[i];
        g_autofree char *users =
            tenant->current_users < 0 ? g_strdup("not known") : text_count(tenant->current_users);
        g_autofree char *text = g_strdup_printf(
            "%s: users %s%s%s%s%s", tenant->id, users, tenant->status == TENANT_ACTIVE ? "" : "; ",
            tenant->status == TENANT_ACTIVE ? "" : tenant_status_name(tenant->status),
            tenant->fault ? "; " : "", tenant->fault ? tenant->fault : "");
        speech_item(speech, VIEW_TENANT, tenant->id, text);
    }
    if (n > TENANTS_MOST)
        speech_printf(speech, "`tenants cell:%s` has all %u.", look->cell->config->id, n);
}

static void say_history_of(struct speech *speech, const struct deck *deck)
{
    const GPtrArray *events = deck->cell_events;
    if (events->len)
        speech_line(speech, "What was done here, newest first:");
    for (guint i = 0; i < MIN(events->len, EVENTS_MOST); i++) {
        const struct event *event = events->pdata[i];
        g_autofree char *told = story_sentence(event);
        g_autofree char *at = mark_time(event->at_ms, deck->now_ms);
        speech_printf(speech, "%s, %s: %s", at, event->stream, told);
    }
}

static void say_rollout_of(struct speech *speech, const struct deck *deck, const char *cell)
{
    const char *id = deck_rollout_of(deck, cell);
    if (!id)
        return;
    g_autofree char *text = g_strdup_printf("the rollout that it is, or was, in: %s", id);
    speech_item(speech, VIEW_ROLLOUT, id, text);
}

static void say_next(struct speech *speech, const struct deck *deck, const struct cell *cell)
{
    if (cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY)
        return;
    g_autofree char *next = safe_next(deck, cell);
    speech_field(speech, "Next", next);
}

void say_cell(struct speech *speech, const struct deck *deck)
{
    const struct cell *cell = deck_cell(deck, deck->cell);
    if (!cell) {
        speech_printf(speech, "Nothing has been read of %s yet.", deck->cell ? deck->cell : "it");
        return;
    }
    g_autoptr(GPtrArray) tenants = tenants_of(deck, deck->cell);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    struct cell_look look = {
        .deck = deck, .cell = cell, .tenants = tenants, .span_ms = WHEN_HOUR, .more_reasons = none};
    g_autoptr(GArray) notes = cell_notes_of(deck->cell_events);
    slo_budget_count(&look.budget, cell->config->sla_pct, deck->config->metrics.period_ms,
                     &cell->reading, (const struct slo_note *)(void *)notes->data, notes->len,
                     deck->now_ms);
    g_autofree char *sentence = say_cell_sentence(deck, cell);
    speech_line(speech, sentence);
    for (char **reason = cell->reasons; *reason; reason++)
        speech_field(speech, "why", *reason);
    say_next(speech, deck, cell);
    say_rollout_of(speech, deck, deck->cell);
    say_sheet_row(speech, deck, &fleet_sheet, cell);
    say_part(speech, &look, &cell_glance);
    say_probe(speech, &look);
    say_part(speech, &look, &cell_alarms);
    say_history_of(speech, deck);
    say_tenants_of(speech, &look);
}
