#include "tui/linear/say.h"

#include "tui/linear/plain.h"

#include <string.h>

static void (*const speakers[VIEW_COUNT])(struct speech *, const struct deck *) = {
    [VIEW_FLEET] = say_fleet, [VIEW_TENANTS] = say_tenants, [VIEW_HISTORY] = say_history,
    [VIEW_CELL] = say_cell,   [VIEW_ROLLOUT] = say_rollout, [VIEW_EVENTS] = say_events,
    [VIEW_HELP] = say_help,
};

static void set(char **where, const char *text)
{
    char *kept = g_strdup(text);
    g_free(*where);
    *where = kept;
}

void say_choose(struct deck *deck, enum view_id view, const char *subject, const char *filter)
{
    enum takes takes = view_entry(view)->takes;
    const struct rollout *first = takes == TAKES_OPERATION ? deck_first_rollout(deck) : NULL;
    g_autofree char *meant = g_strdup(subject ? subject : first ? first->id : NULL);
    deck->here = view;
    set(&deck->subject, meant);
    set(&deck->filter, filter ? filter : "");
    deck_choose(deck, takes == TAKES_CELL ? meant : NULL, takes == TAKES_TENANT ? meant : NULL,
                takes == TAKES_OPERATION ? meant : NULL);
}

void say_screen(struct speech *speech, const struct deck *deck)
{
    if (speakers[deck->here])
        speakers[deck->here](speech, deck);
    else
        say_picture(speech, deck, deck->here);
}

void say_row(struct speech *speech, const char *row)
{
    g_autofree char *bare = g_strdup(row);
    g_strdelimit(bare, "\t", ' ');
    g_autoptr(GString) text = g_string_new(NULL);
    const char *rule = "─";
    for (const char *p = bare; *p;) {
        if (g_str_has_prefix(p, rule)) {
            p += strlen(rule);
            continue;
        }
        size_t blanks = strspn(p, " ");
        bool between = blanks > 1 && text->len && p[blanks];
        if (between)
            g_string_append(text, strstr(text->str, ": ") ? "; " : ": ");
        else if (blanks)
            g_string_append_c(text, ' ');
        size_t n = strcspn(p + blanks, " ");
        const char *line = g_strstr_len(p + blanks, (gssize)n, rule);
        n = line ? (size_t)(line - p - (gssize)blanks) : n;
        g_string_append_len(text, p + blanks, (gssize)n);
        p += blanks + n;
    }
    g_autofree char *said = g_strstrip(g_strdup(text->str));
    if (*said)
        speech_plain(speech, said);
}

void say_picture(struct speech *speech, const struct deck *deck, enum view_id id)
{
    enum { ROWS = 400, COLS = 600 };
    const struct view *view = view_of(id);
    const struct area area = {0, 0, ROWS, COLS};
    void *state = view->open ? view->open() : NULL;
    struct canvas *canvas = canvas_new(ROWS, COLS, false);
    if (view->prepare)
        view->prepare(state, deck, &area);
    view->draw(state, deck, canvas, &area);
    for (int row = 0; row < ROWS; row++) {
        g_autofree char *text = canvas_row(canvas, row);
        say_row(speech, text);
    }
    canvas_free(canvas);
    if (view->close)
        view->close(state);
}
