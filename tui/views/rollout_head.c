#include "tui/views/rollout_head.h"

#include "data/base/text.h"
#include "rollout/conductor.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"
#include "tui/views/wrap.h"

#include <string.h>

enum {
    ROOMY_ROWS = 18, /* of the screen: the board and the gates have theirs, too */
    MOST_TITLE = 3,
    MOST_NEXT = 2,
    INDENT = 3 /* behind the shape */
};

/* Caller frees. */
static char *title_of(const struct deck *deck, const struct rollout *rollout)
{
    const char *state = rollout_state_name(rollout->state);
    g_autofree char *why = rollout_state_words(rollout, deck->operations);
    bool news = why && *why && strcmp(why, state) != 0 && g_strcmp0(why, rollout->reason) != 0;
    return g_strdup_printf("%s %s %s%s%s", rollout->id, rollout->plan->version, state,
                           news ? ": " : "", news ? why : "");
}

/* Caller frees. */
static char *asked_by(const struct deck *deck, const struct rollout *rollout)
{
    g_autofree char *opened = mark_time(rollout->opened_ms, deck->now_ms);
    return g_strdup_printf("%s, %s%s: %s", rollout->requested_by ? rollout->requested_by : "?",
                           opened, rollout->attended ? ", attended" : "",
                           rollout->reason ? rollout->reason : "");
}

static GPtrArray *lines_of(const char *text, int cols, int most)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    wrap_within(text, cols, "", most, lines);
    return lines;
}

static void draw_title(const struct rollout *rollout, const GPtrArray *lines, struct canvas *canvas,
                       const struct area *area)
{
    struct mark mark = mark_rollout_state(rollout->state);
    int cols = area->cols - INDENT - 1;
    canvas_text(canvas, area->row, 1, 1, mark.role, mark.shape);
    for (guint i = 0; i < lines->len; i++)
        canvas_text(canvas, area->row + (int)i, INDENT, cols, mark.role, lines->pdata[i]);
    canvas_printf(canvas, area->row, INDENT, cols, ROLE_TITLE, "%s %s", rollout->id,
                  rollout->plan->version);
}

/* Title and who, beside each other where that fits. The rows. */
static int draw_what(const struct deck *deck, const struct rollout *rollout, bool roomy,
                     struct canvas *canvas, const struct area *area)
{
    int cols = area->cols - INDENT - 1;
    g_autofree char *title = title_of(deck, rollout);
    g_autofree char *who = asked_by(deck, rollout);
    g_autoptr(GPtrArray) lines = lines_of(title, cols, roomy ? MOST_TITLE : 1);
    int rows = (int)lines->len, used = text_width(lines->pdata[rows - 1]);
    bool beside = !roomy || used + 3 + text_width(who) <= cols;
    if (canvas)
        draw_title(rollout, lines, canvas, area);
    if (canvas && beside)
        canvas_printf(canvas, area->row + rows - 1, INDENT + used, cols - used, ROLE_DIM, " · %s",
                      who);
    else if (canvas)
        canvas_text(canvas, area->row + rows, INDENT, cols, ROLE_DIM, who);
    return beside ? rows : rows + 1;
}

/* Who conducts it, where there is room; that nobody does is the headline's to say. */
static void draw_conductor(const struct deck *deck, const struct rollout *rollout,
                           struct canvas *canvas, int row, int col, int cols)
{
    const struct conductor_info *info = g_hash_table_lookup(deck->conductors, rollout->id);
    if (!info || rollout_state_final(rollout->state))
        return;
    g_autofree char *text =
        g_strdup_printf("conducted by process %" G_GINT64_FORMAT " on %s", info->pid, info->host);
    g_autofree char *brief = g_strdup_printf("on %s", info->host);
    const char *fitting = text_width(text) <= cols ? text : brief;
    if (text_width(fitting) <= cols)
        canvas_right(canvas, row, col, cols, ROLE_DIM, fitting);
}

static int draw_next(const struct deck *deck, const struct rollout *rollout, int most,
                     struct canvas *canvas, const struct area *area)
{
    static const char lead[] = "next: ";
    bool live = !rollout_state_final(rollout->state);
    g_autofree char *trouble = headline_conductor(deck, rollout);
    g_autofree char *next = rollout_next(rollout, deck->operations, deck->now_ms);
    g_autofree char *text = trouble ? g_strdup(trouble) : g_strconcat(live ? lead : "", next, NULL);
    g_autoptr(GPtrArray) lines = lines_of(text, area->cols - 2, most);
    for (guint i = 0; canvas && i < lines->len; i++)
        canvas_text(canvas, area->row + (int)i, 1, area->cols - 2, trouble ? ROLE_BAD : ROLE_NORMAL,
                    lines->pdata[i]);
    if (!canvas || trouble)
        return (int)lines->len;
    if (live)
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_HEADER, lead);
    int last = (int)lines->len - 1, used = text_width(lines->pdata[last]) + 3;
    draw_conductor(deck, rollout, canvas, area->row + last, used, area->cols - 1 - used);
    return (int)lines->len;
}

int rollout_head_draw(const struct deck *deck, const struct rollout *rollout, struct canvas *canvas,
                      const struct area *area)
{
    bool roomy = area->rows >= ROOMY_ROWS;
    int rows = draw_what(deck, rollout, roomy, canvas, area);
    const struct area below = {area->row + rows, area->col, area->rows - rows, area->cols};
    return rows + draw_next(deck, rollout, roomy ? MOST_NEXT : 1, canvas, &below);
}
