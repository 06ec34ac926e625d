#include "tui/views/foot.h"

#include "data/base/text.h"
#include "tui/views/frame.h"
#include "tui/views/wrap.h"

#include <string.h>

/* From so many rows on a screen has room for a heading over it, and for two fifths of it; below,
 * two lines under the list are all it gets. */
enum { WITH_TITLE = 12, LEAST = 6, BRIEF = 2 };

void foot_init(struct foot *foot)
{
    *foot = (struct foot){.lines = g_ptr_array_new_with_free_func(g_free)};
}

void foot_release(struct foot *foot)
{
    g_ptr_array_unref(foot->lines);
    g_free(foot->of);
    *foot = (struct foot){0};
}

bool foot_brief(const struct foot *foot)
{
    return foot->rows <= BRIEF;
}

static bool titled(const struct foot *foot)
{
    return !foot_brief(foot);
}

static int room(const struct foot *foot)
{
    return MAX(0, foot->rows - titled(foot));
}

static int last_skip(const struct foot *foot)
{
    return foot->rows ? MAX(0, (int)foot->lines->len - room(foot)) : 0;
}

void foot_fit(struct foot *foot, const struct area *area, int most)
{
    int rows = area->rows;
    foot->cols = MAX(1, area->cols - 3);
    foot->rows = rows >= WITH_TITLE ? MIN(rows * 2 / 5, most + 1) : rows >= LEAST ? BRIEF : 0;
}

static void add_paragraph(struct foot *foot, const char *paragraph)
{
    g_autofree char *clean = text_clean(paragraph);
    g_autofree char *indent = g_strnfill(strspn(clean, " ") + 2, ' ');
    if (text_width(clean) <= foot->cols)
        g_ptr_array_add(foot->lines, g_steal_pointer(&clean));
    else
        wrap_text(clean, foot->cols, (int)strlen(indent) < foot->cols / 2 ? indent : "",
                  foot->lines);
}

void foot_tell(struct foot *foot, const char *id, const GPtrArray *paragraphs)
{
    if (g_strcmp0(foot->of, id) != 0) {
        g_free(foot->of);
        foot->of = g_strdup(id);
        foot->skip = 0;
    }
    g_ptr_array_set_size(foot->lines, 0);
    for (guint i = 0; foot->rows && i < paragraphs->len; i++)
        add_paragraph(foot, g_ptr_array_index(paragraphs, i));
    foot->skip = CLAMP(foot->skip, 0, last_skip(foot));
}

/* Which lines are in view, and the keys to the others; nothing where all are. */
static void draw_place(const struct foot *foot, const struct deck *deck, struct canvas *canvas,
                       int row, const struct area *area)
{
    int n = (int)foot->lines->len;
    if (last_skip(foot) == 0)
        return;
    g_autofree char *more = keymap_shown(deck->keymap, REQUEST_MORE);
    g_autofree char *less = keymap_shown(deck->keymap, REQUEST_LESS);
    g_autofree char *where = g_strdup_printf(" %s/%s: %d-%d of %d ", more, less, foot->skip + 1,
                                             MIN(n, foot->skip + room(foot)), n);
    canvas_right(canvas, row, area->col, area->cols - 1, ROLE_KEY, where);
}

void foot_draw(const struct foot *foot, const struct deck *deck, struct canvas *canvas,
               const struct area *area, const char *title)
{
    struct area own = {area->row + area->rows - foot->rows, 1, foot->rows, area->cols - 2};
    if (!foot->rows)
        return;
    if (titled(foot))
        frame_rule(canvas, own.row, &own, title);
    for (int i = 0; i < room(foot) && foot->skip + i < (int)foot->lines->len; i++)
        canvas_text(canvas, own.row + titled(foot) + i, own.col + 1, foot->cols,
                    titled(foot) ? ROLE_NORMAL : ROLE_DIM,
                    g_ptr_array_index(foot->lines, (guint)(foot->skip + i)));
    draw_place(foot, deck, canvas, titled(foot) ? own.row : own.row + own.rows - 1, &own);
}

bool foot_can(const struct foot *foot)
{
    return last_skip(foot) > 0;
}

struct reaction foot_key(struct foot *foot, enum request request)
{
    int page = MAX(1, room(foot) - 1);
    if (request != REQUEST_MORE && request != REQUEST_LESS)
        return (struct reaction){.what = REACT_UNUSED};
    foot->skip += request == REQUEST_MORE ? page : -page;
    foot->skip = CLAMP(foot->skip, 0, last_skip(foot));
    return (struct reaction){.what = REACT_REDRAW};
}
