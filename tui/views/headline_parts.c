#include "tui/views/headline_parts.h"

#include "data/base/text.h"
#include "tui/views/wrap.h"

#define INDENT "  "

static void part_clear(gpointer p)
{
    struct part *part = p;
    g_free(part->text);
    g_free(part->brief);
}

GArray *parts_new(void)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct part));
    g_array_set_clear_func(parts, part_clear);
    return parts;
}

void parts_add(GArray *parts, struct part part)
{
    if (part.text)
        g_array_append_val(parts, part);
    else
        g_free(part.brief);
}

char *parts_joined(const GArray *parts)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        const struct part *part = &g_array_index(parts, struct part, i);
        g_string_append_printf(text, "%s%s", i > 0 ? part->before : "", part->text);
    }
    return g_string_free(text, FALSE);
}

/* A brief form stays in one line, if only a line has room for it: its blanks break no line. */
#define NO_BREAK "\u00a0"

static char *glued(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    return g_strjoinv(NO_BREAK, words);
}

/* By a quarter; false: what would be left of it says nothing. */
static bool shorten(struct part *part)
{
    enum { LEAST = 16 };
    int cols = text_width(part->text) * 3 / 4;
    if (!part->elastic || cols < LEAST)
        return false;
    char *cut = text_fit(part->text, cols, false, false);
    g_free(part->text);
    part->text = cut;
    return true;
}

static guint least_of(const GArray *parts)
{
    guint least = 0;
    for (guint i = 1; i < parts->len; i++)
        if (g_array_index(parts, struct part, i).rank >
            g_array_index(parts, struct part, least).rank)
            least = i;
    return least;
}

/* Says less of what matters least, or nothing; false: all that is left has to be said. */
static bool give_way(GArray *parts)
{
    guint least = least_of(parts);
    struct part *part = &g_array_index(parts, struct part, least);
    if (part->brief) {
        g_free(part->text);
        part->text = glued(part->brief);
        g_clear_pointer(&part->brief, g_free);
        part->rank = part->brief_rank;
        return true;
    }
    if (part->rank == RANK_STATE)
        return false;
    if (!shorten(part))
        g_array_remove_index(parts, least);
    return true;
}

GPtrArray *parts_lines(GArray *parts, int cols, int most)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *sentence = parts_joined(parts);
    wrap_text(sentence, cols, INDENT, lines);
    while ((int)lines->len > most && give_way(parts)) {
        g_free(sentence);
        sentence = parts_joined(parts);
        g_ptr_array_set_size(lines, 0);
        wrap_text(sentence, cols, INDENT, lines);
    }
    g_ptr_array_set_size(lines, 0);
    wrap_within(sentence, cols, INDENT, most, lines);
    for (guint i = 0; i < lines->len; i++) {
        g_auto(GStrv) words = g_strsplit(lines->pdata[i], NO_BREAK, -1);
        g_free(lines->pdata[i]);
        lines->pdata[i] = g_strjoinv(" ", words);
    }
    return lines;
}
