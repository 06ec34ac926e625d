#include "tui/views/events_columns.h"

#include "data/base/text.h"
#include "rollout/story.h"
#include "tui/views/marks.h"
#include "tui/views/since.h"

enum { COL_SEQ, COL_TIME, COL_ACTOR, COL_CELL, COL_EVENT, COL_TYPE, COL_COUNT };

static const char *events_id(const void *row)
{
    return ((const struct event_row *)row)->id;
}

static enum role tone(const struct event_row *row)
{
    return mark_tone(story_tone(row->event));
}

static bool events_faulty(const void *row, const struct deck *deck)
{
    (void)deck;
    enum role role = tone(row);
    return role == ROLE_WARN || role == ROLE_BAD;
}

/* That there is more behind it, or that it was opened; else how it goes. */
static struct mark events_mark(const struct event_row *row)
{
    static const char *const shapes[] = {
        [STORY_PLAIN] = " ", [STORY_GOOD] = "✔", [STORY_WARN] = "▲", [STORY_BAD] = "✖"};
    if (row->times > 1)
        return (struct mark){"▸", tone(row)};
    if (row->one_of_many)
        return (struct mark){"▾", tone(row)};
    return (struct mark){shapes[story_tone(row->event)], tone(row)};
}

static void events_lead(const void *row, const struct deck *deck, struct canvas *canvas, int line)
{
    const struct event_row *shown = row;
    if (since_moment(deck, shown->event->at_ms))
        canvas_text(canvas, line, 0, 1, ROLE_ACCENT, "▎");
    const struct mark mark = events_mark(shown);
    canvas_text(canvas, line, 1, 1, mark.role, mark.shape);
}

static double seq_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return (double)((const struct event_row *)row)->event->seq;
}

static const char *seq_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_string_printf(scratch, "%.0f", seq_number(row, deck));
    return scratch->str;
}

static double time_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return (double)((const struct event_row *)row)->event->at_ms;
}

static const char *time_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_autofree char *text =
        mark_moment(((const struct event_row *)row)->event->at_ms, deck->now_ms);
    return g_string_assign(scratch, text)->str;
}

static const char *actor_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct event_row *)row)->event->actor;
}

static const char *cell_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return story_cell(((const struct event_row *)row)->event);
}

static const char *event_text(const void *row, const struct deck *deck, GString *scratch)
{
    const struct event_row *shown = row;
    if (shown->times == 1)
        return shown->told;
    g_autofree char *since = mark_moment(shown->first_ms, deck->now_ms);
    g_string_printf(scratch, "%u× since %s: %s", shown->times, since, shown->told);
    return scratch->str;
}

static const char *type_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct event_row *)row)->event->type;
}

static enum role event_role(const void *row, const struct deck *deck)
{
    (void)deck;
    return tone(row);
}

/* clang-format off */
static const struct sheet_column columns[COL_COUNT] = {
    [COL_SEQ] = {"seq", {"#", 4, 5, 4, true}, seq_text, seq_number, sheet_dim, .falls = true,
                 .quiet = true},
    [COL_TIME] = {"time", {"TIME", 8, 12, 1, false}, time_text, time_number, sheet_dim, .falls = true,
                  .moment = true, .quiet = true},
    [COL_ACTOR] = {"actor", {"ACTOR", 12, 18, 5, false}, actor_text, .role = sheet_dim},
    [COL_CELL] = {"cell", {"CELL", 9, 20, 2, false}, cell_text, .role = sheet_accent},
    [COL_EVENT] = {"event", {"EVENT", 14, 200, 0, false}, event_text, .role = event_role},
    [COL_TYPE] = {"type", {"TYPE", 8, 16, 3, false}, type_text, .role = sheet_dim, .spare = true},
};
/* clang-format on */

/* What is said comes first: who said it stands by where there is room for both. */
static void events_fit(struct column *shapes, const struct deck *deck, int cols)
{
    int cell = 0;
    for (guint i = 0; i < deck->events->len; i++) {
        const char *id = story_cell(g_ptr_array_index(deck->events, i));
        cell = MAX(cell, id ? text_width(id) : 0);
    }
    shapes[COL_CELL].least = CLAMP(cell, 4, cols < 60 ? 14 : 20);
    shapes[COL_CELL].wish = CLAMP(cell, shapes[COL_CELL].least, 40);
    shapes[COL_EVENT].least = cols >= 60 ? 40 : 10;
    const struct event *oldest = deck->events->len ? deck->events->pdata[0] : NULL;
    g_autofree char *time = oldest ? mark_moment(oldest->at_ms, deck->now_ms) : g_strdup("");
    shapes[COL_TIME].least = CLAMP(text_width(time), 8, 12);
}

const struct sheet events_sheet = {
    .columns = columns,
    .n = COL_COUNT,
    .id = events_id,
    .faulty = events_faulty,
    .lead = events_lead,
    .fit = events_fit,
};
