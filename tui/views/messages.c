/* Messages: what the console said, and when; the newest first. */
#include "data/base/when.h"
#include "tui/views/filter.h"
#include "tui/views/marks.h"
#include "tui/views/pager.h"

#define TIME_COLS 12 /* "Nov 23 11:50" */

/* To the second today, with the day before: this console may have stood for long. */
static char *time_text(gint64 at_ms, gint64 now_ms)
{
    bool today = at_ms / WHEN_DAY == now_ms / WHEN_DAY;
    return today ? mark_clock(at_ms) : mark_time(at_ms, now_ms);
}

static void *messages_open(void)
{
    struct pager *pager = g_new0(struct pager, 1);
    pager_init(pager);
    return pager;
}

static void messages_close(void *state)
{
    pager_release(state);
    g_free(state);
}

static void messages_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct pager *pager = state;
    struct filter *filter = filter_parse(deck->filter);
    pager_begin(pager, area->cols - 2, TIME_COLS);
    for (guint i = deck->notices.messages->len; i-- > 0;) {
        const struct message *message = g_ptr_array_index(deck->notices.messages, i);
        const struct field field = {"message", message->text};
        g_autofree char *at = time_text(message->at_ms, deck->now_ms);
        if (filter_takes(filter, &field, 1))
            pager_add(pager, ROLE_DIM, at, message->role, message->text);
    }
    filter_free(filter);
    pager_end(pager, area->rows);
}

static void messages_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    const struct pager *pager = state;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(pager, canvas, &within);
    if (pager->lines->len == 0)
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_DIM,
                    deck->notices.messages->len ? "no message passes the filter"
                                                : "nothing has been said yet");
}

static struct reaction messages_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return pager_move(state, request);
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_FILTER, REQUEST_HELP, REQUEST_QUIT,
                                     REQUEST_COUNT};

const struct view view_messages = {
    .hints = hints,
    .open = messages_open,
    .close = messages_close,
    .prepare = messages_prepare,
    .draw = messages_draw,
    .key = messages_key,
};
