/* Releases: the versions there are, which cells run each, and what came of rolling it out. */
#include "tui/views/releases.h"

#include "data/base/when.h"
#include "tui/views/foot.h"
#include "tui/views/marks.h"
#include "tui/views/releases_columns.h"
#include "tui/views/sheet_find.h"
#include "tui/views/view.h"

#include <string.h>

enum { FOOT_MOST = 4 };

struct releases_view {
    struct find find;
    struct foot foot;
    GPtrArray *rows; /* struct release_row *; NULL: none yet */
    /* What they were made of, and at which second. */
    GPtrArray *releases, *operations;
    struct snapshot *snapshot;
    gconstpointer since;
    gint64 second;
};

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
    struct releases_view *view = g_new0(struct releases_view, 1);
    find_init(&view->find);
    foot_init(&view->foot);
    return view;
}

static void forget_rows(struct releases_view *view)
{
    g_clear_pointer(&view->rows, g_ptr_array_unref);
    g_clear_pointer(&view->releases, g_ptr_array_unref);
    g_clear_pointer(&view->operations, g_ptr_array_unref);
    g_clear_pointer(&view->snapshot, snapshot_unref);
}

static void releases_view_close(void *state)
{
    struct releases_view *view = state;
    find_release(&view->find);
    foot_release(&view->foot);
    forget_rows(view);
    g_free(view);
}

static void make_rows(struct releases_view *view, const struct deck *deck)
{
    gint64 second = deck->now_ms / WHEN_SECOND;
    if (view->rows && view->releases == deck->releases && view->operations == deck->operations &&
        view->snapshot == deck->snapshot && view->since == deck->since && view->second == second)
        return;
    forget_rows(view);
    view->rows = release_rows(deck);
    view->releases = deck->releases ? g_ptr_array_ref(deck->releases) : NULL;
    view->operations = g_ptr_array_ref(deck->operations);
    view->snapshot = deck->snapshot ? snapshot_ref(deck->snapshot) : NULL;
    view->since = deck->since;
    view->second = second;
}

static const struct release_row *selected(const struct releases_view *view)
{
    return find_selected(&view->find);
}

static void tell(struct releases_view *view, const struct deck *deck, const struct area *area)
{
    g_autoptr(GPtrArray) paragraphs = g_ptr_array_new_with_free_func(g_free);
    const struct release_row *row = selected(view);
    foot_fit(&view->foot, area, FOOT_MOST);
    if (row) {
        g_ptr_array_add(paragraphs, g_strdup(row->release->summary));
        g_ptr_array_add(paragraphs, *row->cells ? g_strdup_printf("runs in %s%s%s", row->cells,
                                                                  row->before ? ", " : "",
                                                                  row->before ? row->before : "")
                                                : g_strdup("no cell that answered runs it"));
    }
    if (row && row->last) {
        g_autofree char *began = mark_time(row->last->started_ms, deck->now_ms);
        g_ptr_array_add(paragraphs, g_strdup_printf("%s %s, %s by %s: %s", row->last->id,
                                                    row->last->state, began, row->last->actor,
                                                    row->last->reason ? row->last->reason : ""));
    }
    foot_tell(&view->foot, row ? row->release->tag : NULL, paragraphs);
}

static void releases_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct releases_view *view = state;
    make_rows(view, deck);
    find_follow(&view->find, &releases_sheet, deck, &deck->arranged[VIEW_RELEASES], view->rows);
    tell(view, deck, area);
    list_fit(&view->find.list, area->rows - 1 - view->foot.rows);
}

static void draw_nothing(const struct deck *deck, struct canvas *canvas, const struct area *area)
{
    const char *text = deck->releases_error               ? deck->releases_error
                       : deck->held_ms && !deck->releases ? "not read when the picture was frozen"
                       : !deck->releases ? "reading the git repository of releases …"
                       : *deck->filter   ? "no release passes the filter"
                       : deck->releases->len > 0
                           ? "every release went well (f shows all)"
                           : "the git repository has no tag that is a version";
    canvas_text(canvas, area->row + 1, 3, area->cols - 4,
                deck->releases_error ? ROLE_BAD : ROLE_DIM, text);
}

static void releases_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    const struct releases_view *view = state;
    sheet_draw(&releases_sheet, deck, &deck->arranged[VIEW_RELEASES], &view->find.list,
               view->find.rows, canvas, area);
    const struct release_row *row = selected(view);
    if (!row) {
        draw_nothing(deck, canvas, area);
        return;
    }
    g_autofree char *at = when_rfc3339(row->release->at_ms);
    g_autofree char *title =
        g_strdup_printf("%s  %.12s  %s", row->release->tag, row->release->commit, at);
    foot_draw(&view->foot, deck, canvas, area, title);
}

static const struct list *releases_list_shown(const void *state)
{
    return &((const struct releases_view *)state)->find.list;
}

static struct topic releases_topic(const void *state, const struct deck *deck)
{
    (void)deck;
    const struct release_row *row = selected(state);
    return (struct topic){.version = row ? row->release->version : NULL,
                          .operation = row && row->last ? row->last->id : NULL};
}

static bool releases_can(const void *state, const struct deck *deck, enum request request)
{
    struct topic topic = releases_topic(state, deck);
    if (request == REQUEST_MORE || request == REQUEST_LESS)
        return foot_can(&((const struct releases_view *)state)->foot);
    if (request == REQUEST_ROLLOUT)
        return topic.operation != NULL;
    return topic.version || (request != REQUEST_OPEN && request != REQUEST_START);
}

static struct reaction releases_key(void *state, const struct deck *deck, enum request request)
{
    struct releases_view *view = state;
    struct topic topic = releases_topic(state, deck);
    struct reaction scrolled = foot_key(&view->foot, request);
    if (!(scrolled.what & REACT_UNUSED))
        return scrolled;
    if (request == REQUEST_OPEN && topic.version)
        return (struct reaction){REACT_OPEN, VIEW_RELEASE, request, topic.version};
    return view_move(&view->find.list, request);
}

static const enum request hints[] = {REQUEST_OPEN, REQUEST_START, REQUEST_ROLLOUT, REQUEST_FILTER,
                                     REQUEST_BACK, REQUEST_SORT,  REQUEST_MORE,    REQUEST_HELP,
                                     REQUEST_QUIT, REQUEST_COUNT};

const struct view view_releases = {
    .sheet = &releases_sheet,
    .hints = hints,
    .open = releases_view_open,
    .close = releases_view_close,
    .prepare = releases_prepare,
    .draw = releases_draw,
    .list = releases_list_shown,
    .topic = releases_topic,
    .can = releases_can,
    .key = releases_key,
};
