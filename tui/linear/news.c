#include "tui/linear/news_inside.h"

#include "tui/views/marks.h"

#include <string.h>

enum { KEPT = 500, NAMES_MOST = 8, ALIKE_LEAST = 3 };

struct news {
    struct seen *seen;
    GPtrArray *changes; /* struct novelty *, in the order in which they came */
    guint lost;         /* beyond KEPT, of the least urgent */
};

static void novelty_free(gpointer p)
{
    struct novelty *change = p;
    g_free(change->key);
    g_free(change->kind);
    g_free(change->name);
    g_free(change->text);
    g_free(change->was);
    g_free(change);
}

static void line_free(gpointer p)
{
    struct news_line *line = p;
    g_free(line->text);
    g_free(line);
}

struct news *news_new(void)
{
    struct news *news = g_new0(struct news, 1);
    news->seen = seen_new();
    news->changes = g_ptr_array_new_with_free_func(novelty_free);
    return news;
}

void news_free(struct news *news)
{
    if (!news)
        return;
    seen_free(news->seen);
    g_ptr_array_unref(news->changes);
    g_free(news);
}

void news_look(struct news *news, const struct deck *deck)
{
    seen_look(news->seen, deck, news);
}

guint news_waiting(const struct news *news)
{
    return news->changes->len + news->lost;
}

static int urgency(enum role role)
{
    return role == ROLE_BAD ? 2 : role == ROLE_WARN || role == ROLE_UNKNOWN ? 1 : 0;
}

/* The place of the least urgent, the oldest of them. */
static guint least_urgent(const GPtrArray *changes)
{
    guint least = 0;
    for (guint i = 1; i < changes->len; i++) {
        const struct novelty *change = g_ptr_array_index(changes, i);
        const struct novelty *other = g_ptr_array_index(changes, least);
        if (urgency(change->role) < urgency(other->role))
            least = i;
    }
    return least;
}

const char *news_was(const struct news *news, const char *key)
{
    for (guint i = 0; i < news->changes->len; i++) {
        const struct novelty *change = g_ptr_array_index(news->changes, i);
        if (g_strcmp0(change->key, key) == 0)
            return change->was;
    }
    return NULL;
}

void news_take_back(struct news *news, const char *key)
{
    for (guint i = news->changes->len; i-- > 0;) {
        const struct novelty *change = g_ptr_array_index(news->changes, i);
        if (g_strcmp0(change->key, key) == 0)
            g_ptr_array_remove_index(news->changes, i);
    }
}

void news_put(struct news *news, const struct novelty *change)
{
    if (change->key)
        news_take_back(news, change->key);
    g_ptr_array_add(news->changes, g_memdup2(change, sizeof *change));
    if (news->changes->len <= KEPT)
        return;
    news->lost++;
    g_ptr_array_remove_index(news->changes, least_urgent(news->changes));
}

void news_add(struct news *news, gint64 at_ms, enum role role, const char *text)
{
    const struct novelty change = {.at_ms = at_ms, .role = role, .text = g_strdup(text)};
    news_put(news, &change);
}

static void add_line(GPtrArray *lines, gint64 at_ms, enum role role, const char *text)
{
    struct news_line *line = g_new0(struct news_line, 1);
    g_autofree char *clock = mark_clock(at_ms);
    *line = (struct news_line){role, g_strdup_printf("%sZ %s", clock, text)};
    g_ptr_array_add(lines, line);
}

/* Those of the kind of the one at `at`, which go out of `changes`, as one: "5 cells are STALE: a,
 * b and 3 more". */
static struct novelty *gather(GPtrArray *changes, guint at)
{
    const struct novelty *first = g_ptr_array_index(changes, at);
    g_autofree char *kind = g_strdup(first->kind);
    g_autoptr(GString) names = g_string_new(NULL);
    struct novelty *all = g_new0(struct novelty, 1);
    guint n = 0;
    for (guint i = at; i < changes->len;) {
        const struct novelty *change = g_ptr_array_index(changes, i);
        if (g_strcmp0(change->kind, kind) != 0) {
            i++;
            continue;
        }
        if (n++ < NAMES_MOST)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", change->name);
        all->at_ms = change->at_ms;
        all->role = change->role;
        g_ptr_array_remove_index(changes, i);
    }
    if (n > NAMES_MOST)
        g_string_append_printf(names, " and %u more", n - NAMES_MOST);
    all->text = g_strdup_printf("%u %s: %s", n, kind, names->str);
    return all;
}

static guint count_alike(const GPtrArray *changes, const char *kind)
{
    guint n = 0;
    for (guint i = 0; kind && i < changes->len; i++)
        n += g_strcmp0(((struct novelty *)g_ptr_array_index(changes, i))->kind, kind) == 0;
    return n;
}

static void gather_alike(GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const struct novelty *change = g_ptr_array_index(changes, i);
        if (count_alike(changes, change->kind) < ALIKE_LEAST)
            continue;
        struct novelty *all = gather(changes, i);
        g_ptr_array_insert(changes, (gint)i, all);
    }
}

/* Down to `room` of them; how many went. */
static guint drop_least_urgent(GPtrArray *changes, guint room)
{
    guint dropped = 0;
    for (; changes->len > room; dropped++)
        g_ptr_array_remove_index(changes, least_urgent(changes));
    return dropped;
}

static gint oldest_first(gconstpointer a, gconstpointer b)
{
    const struct novelty *x = *(const struct novelty *const *)a,
                         *y = *(const struct novelty *const *)b;
    return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

GPtrArray *news_take(struct news *news, guint most)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    GPtrArray *changes = news->changes;
    gint64 last_ms = 0;
    if (changes->len > most)
        gather_alike(changes);
    guint unsaid = news->lost;
    if (changes->len > most || unsaid)
        unsaid += drop_least_urgent(changes, most - 1);
    g_ptr_array_sort(changes, oldest_first); /* which is stable */
    for (guint i = 0; i < changes->len; i++) {
        const struct novelty *change = g_ptr_array_index(changes, i);
        add_line(lines, change->at_ms, change->role, change->text);
        last_ms = change->at_ms;
    }
    if (unsaid) {
        g_autofree char *more = g_strdup_printf(
            "and %u more change%s; `fleet`, `rollout` and `events` say how things stand", unsaid,
            unsaid == 1 ? "" : "s");
        add_line(lines, last_ms, ROLE_WARN, more);
    }
    g_ptr_array_set_size(changes, 0);
    news->lost = 0;
    return lines;
}
