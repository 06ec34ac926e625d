/* Messages: what the console said, and when; the newest first, each read whole below. */
#include "data/base/when.h"
#include "tui/views/foot.h"
#include "tui/views/marks.h"
#include "tui/views/sheet_find.h"
#include "tui/views/since.h"
#include "tui/views/view.h"

enum { FOOT_MOST = 8 };

struct messages {
    struct find find;
    struct foot foot;
};

/* A message, of the deck's, as a row. */
struct message_row {
    const struct message *message;
    char *id;
};

static void row_free(gpointer p)
{
    struct message_row *row = p;
    g_free(row->id);
    g_free(row);
}

static const char *messages_id(const void *row)
{
    return ((const struct message_row *)row)->id;
}

static enum role message_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return ((const struct message_row *)row)->message->role;
}

static const struct {
    const char *word;
    struct mark mark;
} kinds[ROLE_COUNT] = {
    [ROLE_BAD] = {"failure", {"✖", ROLE_BAD}},   [ROLE_ALERT] = {"failure", {"✖", ROLE_BAD}},
    [ROLE_WARN] = {"warning", {"▲", ROLE_WARN}}, [ROLE_UNKNOWN] = {"unknown", {"?", ROLE_UNKNOWN}},
    [ROLE_GOOD] = {"done", {"✔", ROLE_GOOD}},
};

static bool messages_faulty(const void *row, const struct deck *deck)
{
    enum role role = message_role(row, deck);
    return kinds[role].word && role != ROLE_GOOD;
}

static void messages_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    const struct message_row *shown = row;
    const struct mark mark = kinds[shown->message->role].mark;
    if (since_moment(deck, shown->message->at_ms))
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    canvas_text(canvas, line, 1, 1, mark.role, mark.shape);
}

static double time_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return ((const struct message_row *)row)->message->number;
}

static const char *time_text(const void *row, const struct deck *deck, GString *scratch)
{
    gint64 at_ms = ((const struct message_row *)row)->message->at_ms;
    g_autofree char *text = mark_moment(at_ms, deck->now_ms);
    return g_string_assign(scratch, text)->str;
}

static const char *kind_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)scratch;
    return kinds[message_role(row, deck)].word;
}

static const char *message_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct message_row *)row)->message->text;
}

/* clang-format off */
static const struct sheet_column columns[] = {
    {.id = "time", .shape = {"TIME", 8, 12, 1, false}, .text = time_text, .number = time_number,
     .role = sheet_dim, .falls = true, .moment = true, .quiet = true},
    {.id = "kind", .shape = {"KIND", 7, 8, 2, false}, .text = kind_text, .role = message_role,
     .spare = true},
    {.id = "message", .shape = {"MESSAGE", 20, 400, 0, false}, .text = message_text,
     .role = message_role},
};
/* clang-format on */

/* This console may have stood for long: the oldest tells how wide a time is. */
static void messages_fit(struct column *shapes, const struct deck *deck, int cols)
{
    (void)cols;
    const GPtrArray *all = deck->notices.messages;
    const struct message *oldest = all->len ? g_ptr_array_index(all, 0) : NULL;
    if (oldest && oldest->at_ms / WHEN_DAY != deck->now_ms / WHEN_DAY)
        shapes[0].least = shapes[0].wish;
}

static const struct sheet messages_sheet = {
    .columns = columns,
    .n = G_N_ELEMENTS(columns),
    .id = messages_id,
    .faulty = messages_faulty,
    .lead = messages_lead,
    .fit = messages_fit,
};

static void *messages_open(void)
{
    struct messages *messages = g_new0(struct messages, 1);
    find_init(&messages->find);
    foot_init(&messages->foot);
    return messages;
}

static void messages_close(void *state)
{
    struct messages *messages = state;
    find_release(&messages->find);
    foot_release(&messages->foot);
    g_free(messages);
}

static const struct message_row *selected(const struct messages *messages)
{
    return find_selected(&messages->find);
}

static void tell(struct messages *messages, const struct area *area)
{
    g_autoptr(GPtrArray) paragraphs = g_ptr_array_new_with_free_func(g_free);
    const struct message_row *row = selected(messages);
    foot_fit(&messages->foot, area, FOOT_MOST);
    if (row)
        g_ptr_array_add(paragraphs, g_strdup(row->message->text));
    foot_tell(&messages->foot, row ? row->id : NULL, paragraphs);
}

static void messages_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct messages *messages = state;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    for (guint i = deck->notices.messages->len; i-- > 0;) {
        struct message_row *row = g_new0(struct message_row, 1);
        row->message = g_ptr_array_index(deck->notices.messages, i);
        row->id = g_strdup_printf("%u", row->message->number);
        g_ptr_array_add(rows, row);
    }
    find_follow(&messages->find, &messages_sheet, deck, &deck->arranged[VIEW_MESSAGES], rows);
    tell(messages, area);
    list_fit(&messages->find.list, area->rows - 1 - messages->foot.rows);
}

static void messages_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                          const struct area *area)
{
    const struct messages *messages = state;
    const struct message_row *row = selected(messages);
    sheet_draw(&messages_sheet, deck, &deck->arranged[VIEW_MESSAGES], &messages->find.list,
               messages->find.rows, canvas, area);
    if (!row) {
        canvas_text(canvas, area->row + 1, 3, area->cols - 4, ROLE_DIM,
                    deck->notices.messages->len == 0 ? "nothing has been said yet"
                    : *deck->filter                  ? "no message passes the filter"
                                                     : "nothing that went wrong was said");
        return;
    }
    g_autofree char *title = when_rfc3339(row->message->at_ms);
    foot_draw(&messages->foot, deck, canvas, area, title);
}

static const struct list *messages_list(const void *state)
{
    return &((const struct messages *)state)->find.list;
}

static bool messages_can(const void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    bool scrolls = request == REQUEST_MORE || request == REQUEST_LESS;
    return !scrolls || foot_can(&((const struct messages *)state)->foot);
}

static struct reaction messages_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    struct messages *messages = state;
    struct reaction scrolled = foot_key(&messages->foot, request);
    return scrolled.what & REACT_UNUSED ? view_move(&messages->find.list, request) : scrolled;
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_FAULTS, REQUEST_FILTER, REQUEST_MORE,
                                     REQUEST_SORT, REQUEST_HELP,   REQUEST_QUIT,   REQUEST_COUNT};

const struct view view_messages = {
    .sheet = &messages_sheet,
    .hints = hints,
    .open = messages_open,
    .close = messages_close,
    .prepare = messages_prepare,
    .draw = messages_draw,
    .list = messages_list,
    .can = messages_can,
    .key = messages_key,
};
