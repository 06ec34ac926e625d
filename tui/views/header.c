#include "tui/views/header.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/person.h"
#include "tui/views/marks.h"
#include "tui/views/terms.h"

#include <string.h>

/* Sources as people think of them: the registry, each region (and account in it), the probes. */
struct group {
    char *name;
    enum source_state state;
    gint64 read_ms; /* the oldest of its good readings */
    char *text;
};

static void group_clear(gpointer p)
{
    struct group *group = p;
    g_free(group->name);
    g_free(group->text);
}

static char *group_name(const char *source)
{
    if (g_str_has_prefix(source, "probe"))
        return g_strdup("probes");
    const char *region = strchr(source, ' ');
    return g_strdup(region ? region + 1 : source);
}

static int badness(enum source_state state)
{
    static const int ranks[] = {
        [SOURCE_OK] = 0, [SOURCE_WAITING] = 1, [SOURCE_STALE] = 2, [SOURCE_ERROR] = 3};
    return ranks[state];
}

static void add_source(GArray *groups, const struct source *source)
{
    g_autofree char *name = group_name(source->name);
    for (guint i = 0; i < groups->len; i++) {
        struct group *group = &g_array_index(groups, struct group, i);
        if (strcmp(group->name, name) != 0)
            continue;
        if (badness(source->state) > badness(group->state))
            group->state = source->state;
        group->read_ms = MIN(group->read_ms, source->read_ms);
        return;
    }
    struct group group = {g_steal_pointer(&name), source->state, source->read_ms, NULL};
    g_array_append_val(groups, group);
}

static char *group_text(const struct group *group, gint64 now_ms)
{
    static const char *const words[] = {[SOURCE_OK] = "",
                                        [SOURCE_WAITING] = "",
                                        [SOURCE_STALE] = "STALE ",
                                        [SOURCE_ERROR] = "ERROR "};
    if (group->read_ms <= 0)
        return g_strdup_printf("%s %s", group->name,
                               group->state == SOURCE_ERROR ? "ERROR" : "not read yet");
    g_autofree char *age = duration_short(MAX(0, now_ms - group->read_ms));
    return g_strdup_printf("%s %s%s", group->name, words[group->state], age);
}

static enum role group_role(enum source_state state)
{
    static const enum role roles[] = {[SOURCE_OK] = ROLE_DIM,
                                      [SOURCE_WAITING] = ROLE_UNKNOWN,
                                      [SOURCE_STALE] = ROLE_UNKNOWN,
                                      [SOURCE_ERROR] = ROLE_BAD};
    return roles[state];
}

enum { BAD_COLS = 6, MORE_COLS = 2 }; /* "✖2 bad", "+5" */

static gint worst_first(gconstpointer a, gconstpointer b)
{
    return badness(((const struct group *)b)->state) - badness(((const struct group *)a)->state);
}

static GArray *groups_of(const struct deck *deck, int *width)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(struct group));
    g_array_set_clear_func(groups, group_clear);
    const GPtrArray *sources = deck->snapshot ? deck->snapshot->sources : NULL;
    for (guint i = 0; sources && i < sources->len; i++)
        add_source(groups, g_ptr_array_index(sources, i));
    *width = 0;
    for (guint i = 0; i < groups->len; i++) {
        struct group *group = &g_array_index(groups, struct group, i);
        group->text = group_text(group, deck->now_ms);
        *width += text_width(group->text) + 2;
    }
    return groups;
}

char *header_sources_text(const struct deck *deck)
{
    int width;
    g_autoptr(GArray) groups = groups_of(deck, &width);
    g_autoptr(GString) text = g_string_new(NULL);
    g_array_sort(groups, worst_first);
    for (guint i = 0; i < groups->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               g_array_index(groups, struct group, i).text);
    return g_strdup(text->str);
}

static bool is_troubled(const struct group *group)
{
    return badness(group->state) > badness(SOURCE_WAITING);
}

static guint troubled(const GArray *groups, guint from)
{
    guint n = 0;
    for (guint i = from; i < groups->len; i++)
        n += is_troubled(&g_array_index(groups, struct group, i));
    return n;
}

/* What there is no room for by name, its worst first: a number alone would leave it to the colour
 * whether all is well with them. */
static char *rest_text(const GArray *groups, guint from, int cols)
{
    guint bad = troubled(groups, from);
    bool error = g_array_index(groups, struct group, from).state == SOURCE_ERROR;
    return bad ? g_strdup_printf("%s%u%s", error ? "✖" : "?", bad, cols < BAD_COLS ? "" : " bad")
               : g_strdup_printf("+%u", groups->len - from);
}

/* All sources where there is room; else the troubled ones, and how many more there are. */
static void draw_sources(struct canvas *canvas, int row, int col, int cols, const struct deck *deck)
{
    int width;
    g_autoptr(GArray) groups = groups_of(deck, &width);
    if (width > cols)
        g_array_sort(groups, worst_first);
    int end = col + cols;
    for (guint i = 0; i < groups->len; i++) {
        const struct group *group = &g_array_index(groups, struct group, i);
        if (width > cols && group->state == SOURCE_OK) {
            guint well = groups->len - i;
            g_autofree char *text = g_strdup_printf("%u %s ok", well, i ? "more" : "sources");
            if (col + text_width(text) <= end)
                canvas_text(canvas, row, col, end - col, ROLE_DIM, text);
            return;
        }
        bool last = i + 1 == groups->len;
        int rest = last ? 0 : (troubled(groups, i + 1) ? BAD_COLS : MORE_COLS) + 2;
        if (col + text_width(group->text) + rest > end) {
            g_autofree char *text = rest_text(groups, i, end - col);
            canvas_text(canvas, row, col, end - col, group_role(group->state), text);
            return;
        }
        col += canvas_text(canvas, row, col, end - col, group_role(group->state), group->text) + 2;
    }
}

/* The way from its level `from` on; what is left out before it is "…". */
static char *way_text(const GPtrArray *way, guint from)
{
    GString *text = g_string_new(from > 0 ? "…" : NULL);
    for (guint i = from; i < way->len; i++)
        g_string_append_printf(text, "%s%s", text->len ? " › " : "",
                               (const char *)g_ptr_array_index(way, i));
    return g_string_free(text, FALSE);
}

/* Each of the names, as way_text() has put them, is the way to its level. */
static void mark_way(struct canvas *canvas, int row, int col, const GPtrArray *way, guint from)
{
    bool begun = from > 0;
    col += begun;
    for (guint i = from; i < way->len; i++) {
        const struct hotspot hotspot = {HOTSPOT_LEVEL, (int)i, NULL};
        int width = text_width(g_ptr_array_index(way, i));
        col += begun ? text_width(" › ") : 0;
        canvas_hotspot(canvas, row, col, width, &hotspot);
        col += width;
        begun = true;
    }
}

/* Where one is stays longest; what lies before gives way from the far end. */
static int draw_way(struct canvas *canvas, int row, int col, int cols, const GPtrArray *way)
{
    if (!way || way->len < 2 || cols < 3)
        return 0;
    for (guint from = 0; from < way->len; from++) {
        g_autofree char *text = way_text(way, from);
        if (text_width(text) > cols)
            continue;
        int used = canvas_text(canvas, row, col, cols, ROLE_ACCENT, text);
        mark_way(canvas, row, col, way, from);
        return used + 2;
    }
    return canvas_text(canvas, row, col, cols, ROLE_ACCENT, g_ptr_array_index(way, way->len - 1)) +
           2;
}

/* What sources need at the least, blanks before it included: where one is in trouble, its name and
 * how many more there are; else "5 sources ok". Where the screen is narrow, "✖2" or "+5". */
static int sources_least(const struct canvas *canvas, const struct deck *deck)
{
    int width, least = 15;
    g_autoptr(GArray) groups = groups_of(deck, &width);
    guint bad = troubled(groups, 0);
    if (canvas->cols < 60)
        return MORE_COLS + 4;
    for (guint i = 0; i < groups->len; i++) {
        const struct group *group = &g_array_index(groups, struct group, i);
        if (is_troubled(group))
            least = MAX(least, text_width(group->text) + (bad > 1 ? BAD_COLS : MORE_COLS) + 5);
    }
    return least;
}

static bool all_read(const struct deck *deck)
{
    const GPtrArray *sources = deck->snapshot ? deck->snapshot->sources : NULL;
    for (guint i = 0; sources && i < sources->len; i++)
        if (((const struct source *)g_ptr_array_index(sources, i))->state != SOURCE_OK)
            return false;
    return sources != NULL;
}

/* "ops/alice" of "arn:aws:sts::123456789012:assumed-role/ops/alice". */
static const char *arn_tail(const char *arn)
{
    const char *slash = strchr(arn, '/');
    return slash ? slash + 1 : arn;
}

/* "alice@10.0.0.7", of who is at the machine itself "alice@bastion-1". Caller frees. */
static char *who_text(const struct deck *deck)
{
    bool told = strchr(deck->actor, '@') || !deck->host;
    return told ? g_strdup(deck->actor) : g_strdup_printf("%s@%s", deck->actor, deck->host);
}

/* Who acts, from where, and whom AWS takes them for, as far as there is room. */
static int draw_who(struct canvas *canvas, int row, int col, int end, const struct deck *deck)
{
    int begun = col;
    if (!deck->actor)
        return 0;
    g_autofree char *whole = who_text(deck), *login = actor_login(deck->actor);
    const char *who = col + text_width(whole) <= end ? whole : login;
    if (col + text_width(who) > end)
        return 0;
    col += canvas_text(canvas, row, col, end - col, ROLE_DIM, who);
    g_autofree char *as = deck->arn ? g_strdup_printf(" as %s", arn_tail(deck->arn)) : NULL;
    if (as && col + text_width(as) <= end)
        col += canvas_text(canvas, row, col, end - col, ROLE_DIM, as);
    return col - begun + 2;
}

/* Who could put nothing on record can't act, whatever they asked for. */
static int draw_mark(struct canvas *canvas, int row, int col, int cols, const struct deck *deck)
{
    bool acts = deck->write && !deck->cant_act;
    enum role role = acts ? ROLE_ALERT : deck->write ? ROLE_BAD : ROLE_ACCENT;
    const char *text = acts ? " WRITE " : deck->write ? "NO RECORD" : "READ-ONLY";
    return canvas_text(canvas, row, col, cols, role, text) + 2;
}

/* In the fleet's own colour, so that no fleet is taken for another. */
static int draw_fleet(struct canvas *canvas, int row, int col, int cols, const char *name)
{
    g_autofree char *badge = g_strdup_printf(" %s ", name);
    return canvas_text(canvas, row, col, cols, ROLE_FLEET, badge);
}

enum { COST_LEAST = 8 }; /* "$1.49/h▲" */

void header_draw(struct canvas *canvas, int row, const struct deck *deck, const GPtrArray *way)
{
    int cols = canvas->cols;
    bool deep = way && way->len > 1;
    g_autofree char *now = mark_clock(deck->now_ms);
    g_autofree char *clock = cols >= 60 ? g_strdup_printf("%sZ", now) : g_strdup("");
    int right = cols - (int)strlen(clock) - 1;
    canvas_text(canvas, row, right, cols - right, ROLE_NORMAL, clock);
    /* Where the way has hardly room, that all is well needs no words. */
    bool silent = deep && cols < 60 && all_read(deck);
    int col = 1, least = silent ? 0 : sources_least(canvas, deck);
    if (cols >= 100)
        col += canvas_text(canvas, row, col, right - col, ROLE_DIM, "celldeck");
    col += draw_fleet(canvas, row, col, right - col - 10, deck->config->name) + 1;
    col += draw_mark(canvas, row, col, right - col, deck);
    col += terms_draw_keys(canvas, row, col, right - col, deck);
    col += terms_draw_clock(canvas, row, col, right - col, deck);
    col += draw_way(canvas, row, col, right - col - least, way);
    if (!deep || cols >= 100)
        col += draw_who(canvas, row, col, right - least, deck);
    if ((!deep || cols >= 100) && right - least - col >= COST_LEAST)
        col += terms_draw_polling(canvas, row, col, right - col - least, deck);
    draw_sources(canvas, row, col, right - col - 1, deck);
}
