#include "tui/shell/trail.h"

static struct level *level_new(enum view_id view, const char *subject)
{
    struct level *level = g_new0(struct level, 1);
    *level = (struct level){view, g_strdup(subject), g_strdup(""), NULL};
    if (view_of(view)->open)
        level->state = view_of(view)->open();
    return level;
}

static void level_free(gpointer p)
{
    struct level *level = p;
    if (level->state)
        view_of(level->view)->close(level->state);
    g_free(level->subject);
    g_free(level->filter);
    g_free(level);
}

struct trail *trail_new(enum view_id home)
{
    struct trail *trail = g_new0(struct trail, 1);
    trail->levels = g_ptr_array_new_with_free_func(level_free);
    g_ptr_array_add(trail->levels, level_new(home, NULL));
    return trail;
}

void trail_free(struct trail *trail)
{
    if (!trail)
        return;
    g_ptr_array_unref(trail->levels);
    g_free(trail);
}

static struct level *level_at(const struct trail *trail, guint which)
{
    return g_ptr_array_index(trail->levels, which);
}

struct level *trail_here(const struct trail *trail)
{
    return level_at(trail, trail->at);
}

/* Its place, levels ahead included; levels->len: it is open nowhere. */
static guint find(const struct trail *trail, enum view_id view, const char *subject)
{
    guint i = 0;
    for (; i < trail->levels->len; i++)
        if (level_at(trail, i)->view == view &&
            g_strcmp0(level_at(trail, i)->subject, subject) == 0)
            break;
    return i;
}

/* At the end of the way; what lay ahead is gone. Takes `level`. */
static void append(struct trail *trail, struct level *level)
{
    g_ptr_array_set_size(trail->levels, (gint)trail->at + 1);
    g_ptr_array_add(trail->levels, level);
    if (trail->levels->len > TRAIL_LONGEST)
        g_ptr_array_remove_index(trail->levels, 1);
    trail->at = trail->levels->len - 1;
    trail->left = 0;
}

void trail_open(struct trail *trail, enum view_id view, const char *subject)
{
    guint found = find(trail, view, subject);
    if (found == trail->at)
        return;
    if (found == 0) {
        trail->left = trail->at;
        trail->at = 0;
        return;
    }
    if (found == trail->levels->len) {
        append(trail, level_new(view, subject));
        return;
    }
    struct level *level = g_ptr_array_steal_index(trail->levels, found);
    trail->at -= found < trail->at;
    append(trail, level);
}

void trail_turn(struct trail *trail, const char *subject)
{
    char *kept = g_strdup(subject); /* it may be the old one itself */
    g_free(trail_here(trail)->subject);
    trail_here(trail)->subject = kept;
}

bool trail_back(struct trail *trail)
{
    bool can = trail->at > 0;
    trail->at -= can;
    return can;
}

bool trail_forward(struct trail *trail)
{
    bool can = trail->at + 1 < trail->levels->len;
    trail->at = trail->left > 0 ? trail->left : trail->at + can;
    trail->left = 0;
    return can;
}

void trail_go(struct trail *trail, guint which)
{
    if (which >= trail->at)
        return;
    trail->left = which == 0 ? trail->at : 0; /* as key `fleet` does */
    trail->at = which;
}

/* "events r17", but "events" right after r17 itself. */
static char *name_of(const struct trail *trail, guint which)
{
    const struct level *level = level_at(trail, which);
    const struct view_entry *entry = view_entry(level->view);
    if (!level->subject || entry->takes == TAKES_SCREEN)
        return g_strdup(*entry->way ? entry->way : entry->name);
    if (!*entry->way)
        return g_strdup(level->subject);
    if (which > 0 && g_strcmp0(level->subject, level_at(trail, which - 1)->subject) == 0)
        return g_strdup(entry->way);
    return g_strdup_printf("%s %s", entry->way, level->subject);
}

GPtrArray *trail_names(const struct trail *trail)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i <= trail->at; i++)
        g_ptr_array_add(names, name_of(trail, i));
    return names;
}
