#include "tui/linear/say.h"

#include "tui/linear/plain.h"

#include <string.h>

static void say_no_themes(struct speech *speech, const struct deck *deck);

static void (*const speakers[VIEW_COUNT])(struct speech *, const struct deck *) = {
    [VIEW_FLEET] = say_fleet,       [VIEW_TENANTS] = say_tenants,  [VIEW_HISTORY] = say_history,
    [VIEW_CELL] = say_cell,         [VIEW_ROLLOUT] = say_rollout,  [VIEW_EVENTS] = say_events,
    [VIEW_FAILOVER] = say_failover, [VIEW_STEPS] = say_steps,      [VIEW_HELP] = say_help,
    [VIEW_RELEASES] = say_releases, [VIEW_THEMES] = say_no_themes, [VIEW_TARGETS] = say_targets,
    [VIEW_MOVES] = say_moves,
};

static void say_no_themes(struct speech *speech, const struct deck *deck)
{
    (void)deck;
    speech_line(speech, "Themes are for the full screen: nothing has a colour here.");
}

static void set(char **where, const char *text)
{
    char *kept = g_strdup(text);
    g_free(*where);
    *where = kept;
}

void say_choose(struct deck *deck, enum view_id view, const char *subject, const char *filter)
{
    enum takes takes = view_entry(view)->takes;
    bool steps = view == VIEW_STEPS;
    const struct failover *last = steps ? deck_first_failover(deck) : NULL;
    const struct rollout *first =
        takes == TAKES_OPERATION && !steps ? deck_first_rollout(deck) : NULL;
    g_autofree char *meant = g_strdup(subject ? subject
                                      : last  ? last->id
                                      : first ? first->id
                                              : NULL);
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

/* A row of a picture as a sentence: its first field says what the others are about. "" for one of
 * blanks and lines. Caller frees. */
static char *row_words(const char *row)
{
    g_autoptr(GString) bare = g_string_new(row);
    g_string_replace(bare, "─", "", 0);
    g_autofree char *fields = g_strstrip(g_strdup(bare->str));
    GString *text = g_string_new(NULL);
    for (const char *p = fields; *p;) {
        size_t n = strcspn(p, " "), blanks = strspn(p + n, " ");
        bool nothing = n == strlen("–") && g_str_has_prefix(p, "–");
        g_string_append_len(text, nothing ? "none given" : p, nothing ? -1 : (gssize)n);
        if (blanks > 1)
            g_string_append(text, strstr(text->str, ": ") ? "; " : ": ");
        else if (blanks)
            g_string_append_c(text, ' ');
        p += n + blanks;
    }
    g_autofree char *said = g_string_free(text, FALSE);
    return plain_words(said);
}

void say_row(struct speech *speech, const char *row)
{
    g_autofree char *words = row_words(row);
    if (*words)
        speech_line(speech, words);
}

/* Of the list in a picture: its first row, which is the selected one; -1: there is no list. */
static int list_begins(const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++)
        if (canvas->cells[row * canvas->cols].selected)
            return row;
    return -1;
}

/* The row of a list that is selected now, with what it opens; then the next one is. */
static void say_list_row(struct speech *speech, const struct deck *deck, const struct view *view,
                         void *state, const char *words)
{
    struct reaction opens = view->key(state, deck, REQUEST_OPEN);
    if ((opens.what & REACT_OPEN) && opens.subject)
        speech_item(speech, opens.view, opens.subject, words);
    else
        speech_line(speech, words);
    view->key(state, deck, REQUEST_DOWN);
}

static void say_canvas(struct speech *speech, const struct deck *deck, const struct view *view,
                       void *state, const struct canvas *canvas)
{
    int first = list_begins(canvas);
    bool within = false;
    for (int row = 0; row < canvas->rows; row++) {
        g_autofree char *text = canvas_row(canvas, row);
        g_autofree char *words = row_words(text);
        within = (within || row == first) && *words;
        if (within)
            say_list_row(speech, deck, view, state, words);
        else if (*words)
            speech_line(speech, words);
    }
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
    say_canvas(speech, deck, view, state, canvas);
    canvas_free(canvas);
    if (view->close)
        view->close(state);
}
