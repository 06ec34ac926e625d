/* Help: the keys of the screen that it was opened from, then those that hold everywhere, out of the
 * table that the keys themselves come from; the commands, the signs, on what terms this console
 * looks, and what it could not read. */
#include "tui/views/commandline.h"
#include "tui/views/filter.h"
#include "tui/views/pager.h"
#include "tui/views/terms.h"
#include "tui/views/unread.h"

#include <string.h>

#define KEYS_COLS 24

struct help {
    struct pager pager;
    struct filter *filter; /* of the lines that are being put together */
    const char *heading;   /* of the lines to come, not said yet */
    bool write;            /* people may act */
    const struct binding *bindings;
};

static void *help_open(void)
{
    struct help *help = g_new0(struct help, 1);
    pager_init(&help->pager);
    return help;
}

static void help_close(void *state)
{
    struct help *help = state;
    pager_release(&help->pager);
    g_free(help);
}

/* A line that passes the filter; the heading comes with the first of its lines. */
static void add_as(struct help *help, const char *lead, enum role role, const char *text)
{
    const struct field fields[] = {{"key", lead}, {"text", text}};
    if (!filter_takes(help->filter, fields, G_N_ELEMENTS(fields)))
        return;
    if (help->heading)
        pager_heading(&help->pager, help->heading);
    help->heading = NULL;
    pager_add(&help->pager, ROLE_KEY, lead, role, text);
}

static void add(struct help *help, const char *lead, const char *text)
{
    add_as(help, lead, ROLE_NORMAL, text);
}

/* "gate: the next gate ..." by its name, which the hints show; where that begins the text, once. */
static void add_binding(struct help *help, const struct binding *binding, const char *screens)
{
    bool named = g_str_has_prefix(binding->summary, binding->name);
    bool refused = !help->write && request_acts((enum request)binding->request);
    g_autofree char *text =
        g_strdup_printf("%s%s%s%s%s", named ? "" : binding->name, named ? "" : ": ",
                        binding->summary, screens, refused ? " (with --write only)" : "");
    add_as(help, binding->keys, refused ? ROLE_DIM : ROLE_NORMAL, text);
}

/* The keys that are for this place and not for every one, or (place 0) those for every one. */
static void add_keys(struct help *help, unsigned place)
{
    for (int i = 0; i < REQUEST_COUNT; i++) {
        const struct binding *binding = &help->bindings[i];
        bool everywhere = binding->places == PLACE_ANY;
        bool wanted = place ? !everywhere && (binding->places & place) : everywhere;
        if (wanted && *binding->keys)
            add_binding(help, binding, "");
    }
}

/* Keys of other screens, and which those are. */
static void add_other_keys(struct help *help, unsigned place)
{
    for (int i = 0; i < REQUEST_COUNT; i++) {
        const struct binding *binding = &help->bindings[i];
        if (binding->places == PLACE_ANY || (binding->places & place))
            continue;
        GString *text = g_string_new(" (");
        for (int view = 0, n = 0; view < VIEW_COUNT; view++)
            if (binding->places & (1u << view))
                g_string_append_printf(text, "%s%s", n++ ? ", " : "",
                                       view_entry((enum view_id)view)->name);
        g_string_append_c(text, ')');
        add_binding(help, binding, text->str);
        g_string_free(text, TRUE);
    }
}

static void add_commands(struct help *help)
{
    static const char *const taken[] = {
        [TAKES_NOTHING] = "",        [TAKES_FILTER] = " [TEXT]",  [TAKES_CELL] = " CELL",
        [TAKES_TENANT] = " TENANT",  [TAKES_OPERATION] = " [ID]", [TAKES_VERSION] = " VERSION",
        [TAKES_SCREEN] = " [SCREEN]"};
    for (int i = 0; i < VIEW_COUNT; i++) {
        const struct view_entry *entry = view_entry((enum view_id)i);
        g_autofree char *command = g_strdup_printf(":%s%s", entry->name, taken[entry->takes]);
        add(help, command, entry->summary);
    }
    size_t n;
    const struct command_verb *verbs = command_verbs(&n);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *command =
            g_strdup_printf(":%s%s%s", verbs[i].name, *verbs[i].form ? " " : "", verbs[i].form);
        if (verbs[i].summary)
            add(help, command, verbs[i].summary);
    }
}

static void add_signs(struct help *help)
{
    static const struct {
        const char *signs, *text;
    } notes[] = {
        {"cells", "● healthy, ○ standby and well, ▲ degraded, ✖ unhealthy, ? stale or unknown"},
        {"rollouts", "→ deploying, ◔ baking, ✔ passed, ↺ back or going back, ◆ accepted"},
        {"if it dies",
         "✔ everybody has a place, ▲ something of that is not proven, ✖ somebody has none, ? not "
         "known"},
        {"▎", "left of a cell: its health or version changed in the last 2 minutes"},
        {"/words",
         "all must be there; !word must not; state:stale looks in one column; ~^cell-[12]$ "
         "is an expression; ?cl2w has these letters in this order"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
        add(help, notes[i].signs, notes[i].text);
}

static void add_lines(struct help *help, GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++)
        add(help, NULL, g_ptr_array_index(lines, i));
}

/* Of the screen that it was opened from; :help alone has no such. */
static unsigned place_of(const struct deck *deck)
{
    for (int i = 0; deck->subject && i < VIEW_COUNT; i++)
        if (strcmp(view_entry((enum view_id)i)->name, deck->subject) == 0)
            return 1u << i;
    return 0;
}

static void compose(struct help *help, const struct deck *deck)
{
    unsigned place = place_of(deck);
    g_autofree char *here = g_strdup_printf("on the screen %s", place ? deck->subject : "");
    help->heading = here;
    if (place)
        add_keys(help, place);
    help->heading = "on every screen";
    add_keys(help, 0);
    help->heading = "commands";
    add_commands(help);
    help->heading = "signs and filters";
    add_signs(help);
    help->heading = "on other screens";
    add_other_keys(help, place);
    g_autoptr(GPtrArray) terms = terms_lines(deck);
    help->heading = "terms of looking (celldeck " CELLDECK_VERSION ")";
    add_lines(help, terms);
    g_autoptr(GPtrArray) unread = unread_lines(deck, G_MAXINT);
    help->heading = "could not be read";
    add_lines(help, unread);
    help->heading = NULL;
}

static void help_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct help *help = state;
    pager_begin(&help->pager, area->cols - 2, KEYS_COLS);
    help->filter = filter_parse(deck->filter);
    help->write = deck->write;
    help->bindings = keymap_bindings(deck->keymap);
    compose(help, deck);
    filter_free(help->filter);
    help->filter = NULL;
    pager_end(&help->pager, area->rows);
}

static void help_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                      const struct area *area)
{
    (void)deck;
    const struct pager *pager = &((const struct help *)state)->pager;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(pager, canvas, &within);
    if (pager->lines->len == 0)
        canvas_text(canvas, area->row, 1, area->cols - 2, ROLE_DIM, "nothing in help is like that");
}

static struct reaction help_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return pager_move(&((struct help *)state)->pager, request);
}

static const struct list *help_rows(const void *state)
{
    return &((const struct help *)state)->pager.list;
}

static const enum request hints[] = {REQUEST_BACK, REQUEST_FILTER, REQUEST_QUIT, REQUEST_COUNT};

const struct view view_help = {
    .hints = hints,
    .open = help_open,
    .close = help_close,
    .prepare = help_prepare,
    .draw = help_draw,
    .rows = help_rows,
    .key = help_key,
};
