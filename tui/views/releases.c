/* Releases: the versions there are, which cells run each, and what came of rolling it out. */
#include "tui/views/releases.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/console/list.h"
#include "tui/console/table.h"
#include "tui/views/filter.h"
#include "tui/views/marks.h"
#include "tui/views/view.h"

#include <string.h>

enum { COL_VERSION, COL_CELLS, COL_ROLLOUT, COL_COMMITTED, COL_SUMMARY, COL_COUNT };

static const struct column columns[COL_COUNT] = {
    [COL_VERSION] = {"VERSION", 9, 14, 0, false},
    [COL_CELLS] = {"RUNS IN", 14, 36, 1, false},
    [COL_ROLLOUT] = {"ROLLOUT", 12, 14, 2, false},
    [COL_COMMITTED] = {"COMMITTED", 10, 10, 3, false},
    [COL_SUMMARY] = {"SUMMARY", 12, 120, 4, false},
};

char *release_cells(const struct deck *deck, const char *version)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    size_t n = deck->snapshot ? deck->snapshot->n_cells : 0;
    gint64 oldest_ms = deck->now_ms - stale_after_ms(deck->config->metrics.period_ms);
    bool sure = true;
    for (size_t i = 0; i < n; i++) {
        const struct cell *cell = &deck->snapshot->cells[i];
        bool stale = cell->version_at_ms < oldest_ms;
        if (g_strcmp0(cell->version, version) != 0)
            continue;
        g_ptr_array_add(ids, g_strconcat(cell->config->id, stale ? " (STALE)" : "", NULL));
        sure &= !stale;
    }
    if (sure && ids->len > 1 && ids->len == n)
        return g_strdup_printf("all %u cells", ids->len);
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(", ", (char **)ids->pdata);
}

char *release_day(gint64 at_ms)
{
    g_autofree char *at = when_rfc3339(at_ms);
    return g_strndup(at, strlen("2026-11-23"));
}

bool release_is_rolled(const struct operation *operation, const char *version)
{
    return g_strcmp0(operation->kind, "rollout") == 0 &&
           g_strcmp0(operation->subject, version) == 0;
}

/* Its newest rollout, or NULL. */
static const struct operation *newest_rollout(const struct deck *deck, const char *version)
{
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (release_is_rolled(operation, version))
            return operation;
    }
    return NULL;
}

const struct release *release_of(const struct deck *deck, const char *version)
{
    for (guint i = 0; deck->releases && version && i < deck->releases->len; i++) {
        const struct release *release = g_ptr_array_index(deck->releases, i);
        if (strcmp(release->version, version) == 0)
            return release;
    }
    return NULL;
}

static void *releases_view_open(void)
{
    struct list *list = g_new0(struct list, 1);
    list_init(list);
    return list;
}

static void releases_view_close(void *state)
{
    list_release(state);
    g_free(state);
}

static bool passes(const struct filter *filter, const struct deck *deck,
                   const struct release *release)
{
    g_autofree char *cells = release_cells(deck, release->version);
    const struct field fields[] = {{"version", release->version},
                                   {"cell", cells},
                                   {"commit", release->commit},
                                   {"summary", release->summary}};
    return filter_takes(filter, fields, G_N_ELEMENTS(fields));
}

/* Rows are tags: two of them may name the same version. */
static void releases_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct filter *filter = filter_parse(deck->filter);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; deck->releases && i < deck->releases->len; i++) {
        const struct release *release = g_ptr_array_index(deck->releases, i);
        if (passes(filter, deck, release))
            g_ptr_array_add(rows, release->tag);
    }
    filter_free(filter);
    list_set(state, rows);
    list_fit(state, area->rows - 1);
}

static const struct release *of_tag(const struct deck *deck, const char *tag)
{
    for (guint i = 0; deck->releases && tag && i < deck->releases->len; i++) {
        const struct release *release = g_ptr_array_index(deck->releases, i);
        if (strcmp(release->tag, tag) == 0)
            return release;
    }
    return NULL;
}

static void draw_release(const struct release *release, const struct deck *deck,
                         struct canvas *canvas, int row, const struct place *places)
{
    g_autofree char *cells = release_cells(deck, release->version);
    g_autofree char *committed = release_day(release->at_ms);
    const struct operation *last = newest_rollout(deck, release->version);
    g_autofree char *rollout = last ? g_strdup_printf("%s %s", last->id, last->state) : NULL;
    const char *texts[COL_COUNT] = {[COL_VERSION] = release->version,
                                    [COL_CELLS] = *cells ? cells : "–",
                                    [COL_ROLLOUT] = rollout ? rollout : "–",
                                    [COL_COMMITTED] = committed,
                                    [COL_SUMMARY] = release->summary};
    enum role roles[COL_COUNT] = {
        [COL_VERSION] = *cells ? ROLE_TITLE : ROLE_NORMAL, [COL_COMMITTED] = ROLE_DIM};
    roles[COL_ROLLOUT] = last ? mark_operation(last->state, last->ended_ms == 0).role : ROLE_DIM;
    if (*cells)
        canvas_text(canvas, row, 1, 1, ROLE_ACCENT, "●");
    for (int i = 0; i < COL_COUNT; i++)
        table_put(canvas, row, &columns[i], &places[i], roles[i], texts[i]);
}

static void draw_nothing(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const char *text = deck->releases_error ? deck->releases_error
                       : !deck->releases    ? "reading the git repository of releases …"
                       : *deck->filter      ? "no release passes the filter"
                                            : "the git repository has no tag that is a version";
    canvas_text(canvas, area->row + 1, 3, area->cols - 4,
                deck->releases_error ? ROLE_BAD : ROLE_DIM, text);
}

static void releases_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    const struct list *list = state;
    struct place places[COL_COUNT];
    table_layout(columns, COL_COUNT, 3, area->cols - 4, places);
    table_header(canvas, area->row, columns, COL_COUNT, places);
    for (int i = 0; i < list->height && list->top + i < list_size(list); i++) {
        int row = area->row + 1 + i;
        const struct release *release = of_tag(deck, list_row(list, list->top + i));
        if (release)
            draw_release(release, deck, canvas, row, places);
        if (list->top + i == list->index)
            canvas_select(canvas, row, 0, area->cols);
    }
    if (list_size(list) == 0)
        draw_nothing(deck, canvas, area);
}

static struct topic releases_topic(const void *state, const struct deck *deck)
{
    const struct release *release = of_tag(deck, ((const struct list *)state)->selected);
    const struct operation *last = release ? newest_rollout(deck, release->version) : NULL;
    return (struct topic){.version = release ? release->version : NULL,
                          .operation = last ? last->id : NULL};
}

static bool releases_can(const void *state, const struct deck *deck, enum request request)
{
    struct topic topic = releases_topic(state, deck);
    if (request == REQUEST_ROLLOUT)
        return topic.operation != NULL;
    return topic.version || (request != REQUEST_OPEN && request != REQUEST_START);
}

static struct reaction releases_key(void *state, const struct deck *deck, enum request request)
{
    struct topic topic = releases_topic(state, deck);
    if (request == REQUEST_OPEN && topic.version)
        return (struct reaction){REACT_OPEN, VIEW_RELEASE, request, topic.version};
    return view_move(state, request);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_START, REQUEST_ROLLOUT, REQUEST_FILTER,
                                     REQUEST_BACK, REQUEST_HELP,  REQUEST_QUIT,    REQUEST_COUNT};

const struct view view_releases = {
    .hints = hints,
    .open = releases_view_open,
    .close = releases_view_close,
    .prepare = releases_prepare,
    .draw = releases_draw,
    .topic = releases_topic,
    .can = releases_can,
    .key = releases_key,
};
