#include "tui/views/releases_columns.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/marks.h"
#include "tui/views/since.h"

#include <string.h>

enum {
    COL_VERSION,
    COL_CELLS,
    COL_SINCE,
    COL_ROLLOUT,
    COL_COMMITTED,
    COL_SUMMARY,
    COL_COMMIT,
    COL_COUNT
};

/* Cells that answered `version`; those that did before `oldest_ms` as STALE. */
static char *cells_running(const struct snapshot *snapshot, const char *version, gint64 oldest_ms)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    size_t n = snapshot ? snapshot->n_cells : 0;
    bool sure = true;
    for (size_t i = 0; i < n; i++) {
        const struct cell *cell = &snapshot->cells[i];
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

char *release_cells(const struct deck *deck, const char *version)
{
    gint64 oldest_ms = deck->now_ms - stale_after_ms(deck->config->metrics.period_ms);
    return cells_running(deck->snapshot, version, oldest_ms);
}

static char *cells_before(const struct deck *deck, const char *version)
{
    if (!deck->since)
        return NULL;
    g_autofree char *now = cells_running(deck->snapshot, version, G_MININT64);
    g_autofree char *then = cells_running(deck->since, version, G_MININT64);
    if (strcmp(now, then) == 0)
        return NULL;
    return g_strdup_printf("was in %s", *then ? then : "no cell");
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

static const struct operation *newest_rollout(const struct deck *deck, const char *version)
{
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (release_is_rolled(operation, version))
            return operation;
    }
    return NULL;
}

static void row_free(gpointer p)
{
    struct release_row *row = p;
    g_free(row->cells);
    g_free(row->before);
    g_free(row);
}

/* Newest first: those before the first that a cell runs. Where no cell has answered, nobody knows.
 */
static void mark_newer(const GPtrArray *rows)
{
    guint first = 0;
    while (first < rows->len && !*((struct release_row *)g_ptr_array_index(rows, first))->cells)
        first++;
    for (guint i = 0; i < first && first < rows->len; i++)
        ((struct release_row *)g_ptr_array_index(rows, i))->newer = true;
}

GPtrArray *release_rows(const struct deck *deck)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    for (guint i = 0; deck->releases && i < deck->releases->len; i++) {
        const struct release *release = g_ptr_array_index(deck->releases, i);
        struct release_row *row = g_new0(struct release_row, 1);
        *row = (struct release_row){.release = release,
                                    .last = newest_rollout(deck, release->version),
                                    .cells = release_cells(deck, release->version),
                                    .before = cells_before(deck, release->version),
                                    .place = i};
        g_ptr_array_add(rows, row);
    }
    mark_newer(rows);
    return rows;
}

static const char *releases_id(const void *row)
{
    return ((const struct release_row *)row)->release->tag;
}

static enum role rollout_role(const void *row, const struct deck *deck)
{
    (void)deck;
    const struct operation *last = ((const struct release_row *)row)->last;
    return last ? mark_operation(last->state, last->ended_ms == 0).role : ROLE_DIM;
}

/* What rolling it out has come to is not well, or is not over. */
static bool releases_faulty(const void *row, const struct deck *deck)
{
    enum role role = rollout_role(row, deck);
    return role == ROLE_WARN || role == ROLE_BAD;
}

static void releases_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    (void)deck;
    const struct release_row *shown = row;
    if (shown->before)
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    if (*shown->cells)
        canvas_text(canvas, line, 1, 1, ROLE_ACCENT, "●");
}

#define TEXT_FIELD(name, expression)                                                               \
    static const char *name##_text(const void *row, const struct deck *deck, GString *scratch)     \
    {                                                                                              \
        (void)deck, (void)scratch;                                                                 \
        const struct release_row *shown = row;                                                     \
        return expression;                                                                         \
    }
TEXT_FIELD(version, shown->release->version)
TEXT_FIELD(cells, *shown->cells ? shown->cells : shown->newer ? "none yet: newer" : "–")
TEXT_FIELD(since, shown->before)
TEXT_FIELD(summary, shown->release->summary)
TEXT_FIELD(commit, shown->release->commit)

static double version_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return -(double)((const struct release_row *)row)->place;
}

static const char *rollout_text(const void *row, const struct deck *deck, GString *scratch)
{
    const struct operation *last = ((const struct release_row *)row)->last;
    if (!last)
        return deck->journal_error ? "?" : "–";
    g_string_printf(scratch, "%s %s", last->id, last->state);
    return scratch->str;
}

static double committed_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return (double)((const struct release_row *)row)->release->at_ms;
}

static const char *committed_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck;
    g_autofree char *day = release_day(((const struct release_row *)row)->release->at_ms);
    return g_string_assign(scratch, day)->str;
}

static enum role version_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return *((const struct release_row *)row)->cells ? ROLE_TITLE : ROLE_NORMAL;
}

/* clang-format off */
static const struct sheet_column columns[COL_COUNT] = {
    [COL_VERSION] = {"version", {"VERSION", 9, 14, 0, false}, version_text, version_number,
                     version_role, .falls = true, .moment = true},
    [COL_CELLS] = {"cells", {"RUNS IN", 14, 36, 1, false}, cells_text},
    [COL_SINCE] = {"since", {"SINCE MARK", 12, 36, 2, false}, since_text, .role = sheet_accent,
                   .wanted = since_marked, .quiet = true},
    [COL_ROLLOUT] = {"rollout", {"ROLLOUT", 12, 14, 2, false}, rollout_text,
                     .role = rollout_role},
    [COL_COMMITTED] = {"committed", {"COMMITTED", 10, 10, 4, false}, committed_text,
                       committed_number, sheet_dim, .falls = true, .moment = true, .quiet = true},
    [COL_SUMMARY] = {"summary", {"SUMMARY", 22, 120, 3, false}, summary_text},
    [COL_COMMIT] = {"commit", {"COMMIT", 9, 13, 5, false}, commit_text, .role = sheet_dim,
                    .spare = true},
};
/* clang-format on */

/* Versions take what the longest of them needs, and no more: the rest is the summaries'. */
static void releases_fit(struct column *shapes, const struct deck *deck, int cols)
{
    (void)cols;
    int version = 0;
    for (guint i = 0; deck->releases && i < deck->releases->len; i++) {
        const struct release *release = g_ptr_array_index(deck->releases, i);
        version = MAX(version, text_width(release->version));
    }
    shapes[COL_VERSION].wish = CLAMP(version + 1, shapes[COL_VERSION].least, 20);
}

const struct sheet releases_sheet = {
    .columns = columns,
    .n = COL_COUNT,
    .id = releases_id,
    .faulty = releases_faulty,
    .lead = releases_lead,
    .fit = releases_fit,
};
