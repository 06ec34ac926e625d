#include "tui/views/filter.h"

#include <string.h>

struct term {
    bool negated;
    char *column; /* or NULL: any */
    char *value;
};

struct filter {
    GPtrArray *terms; /* struct term * */
};

static void term_free(gpointer p)
{
    struct term *term = p;
    g_free(term->column);
    g_free(term->value);
    g_free(term);
}

static struct term *parse_term(const char *word)
{
    struct term *term = g_new0(struct term, 1);
    term->negated = word[0] == '!';
    word += term->negated;
    const char *colon = strchr(word, ':');
    if (colon && colon > word)
        term->column = g_strndup(word, (gsize)(colon - word));
    term->value = g_strdup(term->column ? colon + 1 : word);
    return term;
}

struct filter *filter_parse(const char *text)
{
    struct filter *filter = g_new0(struct filter, 1);
    filter->terms = g_ptr_array_new_with_free_func(term_free);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    for (char **word = words; *word; word++)
        if (**word && strcmp(*word, "!") != 0)
            g_ptr_array_add(filter->terms, parse_term(*word));
    return filter;
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    g_ptr_array_unref(filter->terms);
    g_free(filter);
}

static bool names_column(const struct term *term, const struct field *fields, size_t n)
{
    for (size_t i = 0; term->column && i < n; i++)
        if (g_ascii_strncasecmp(fields[i].name, term->column, strlen(term->column)) == 0)
            return true;
    return false;
}

static bool term_found(const struct term *term, const struct field *fields, size_t n)
{
    bool any_column = !term->column;
    if (term->column && !names_column(term, fields, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool here = any_column ||
                    g_ascii_strncasecmp(fields[i].name, term->column, strlen(term->column)) == 0;
        if (here && fields[i].value && strcasestr(fields[i].value, term->value))
            return true;
    }
    return false;
}

bool filter_takes(const struct filter *filter, const struct field *fields, size_t n)
{
    for (guint i = 0; i < filter->terms->len; i++) {
        const struct term *term = g_ptr_array_index(filter->terms, i);
        if (term_found(term, fields, n) == term->negated)
            return false;
    }
    return true;
}
