#include "tui/views/filter.h"

#include "data/base/text.h"

#include <string.h>

enum kind { KIND_TEXT, KIND_REGEX, KIND_FUZZY };

struct term {
    bool negated;
    enum kind kind;
    char *column; /* or NULL: any */
    char *value;
    GRegex *regex;   /* of KIND_REGEX; NULL: it is none */
    char *wrong;     /* why it is none */
    bool alone;      /* `regex` must be matched with each field by itself */
    GString *fields; /* of a row, for `regex` */
};

struct filter {
    GPtrArray *terms; /* struct term * */
};

static void term_free(gpointer p)
{
    struct term *term = p;
    g_free(term->column);
    g_free(term->value);
    g_free(term->wrong);
    if (term->regex)
        g_regex_unref(term->regex);
    g_string_free(term->fields, TRUE);
    g_free(term);
}

/* The colon that ends a column's name, or NULL. */
static const char *end_of_column(const char *word)
{
    if (strchr("~/?", *word))
        return NULL; /* the colon is one of an expression */
    const char *colon = strchr(word, ':');
    return colon && colon > word && colon[-1] != '\\' ? colon : NULL;
}

/* `\:` is a colon. */
static char *plain(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, "\\:", -1);
    return g_strjoinv(":", parts);
}

/* What may find less in several lines than in one of them: anchors of the whole text, groups with a
 * mark, quantifiers that give nothing back. */
static bool minds_company(const char *expression)
{
    static const char *const signs[] = {"\\A", "\\z", "\\Z", "\\G", "(?",
                                        "(*",  "*+",  "++",  "?+",  "}+"};
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strstr(expression, signs[i]))
            return true;
    return false;
}

static void take_regex(struct term *term)
{
    g_autoptr(GError) error = NULL;
    term->alone = minds_company(term->value);
    term->regex = g_regex_new(term->value, G_REGEX_CASELESS | G_REGEX_OPTIMIZE | G_REGEX_MULTILINE,
                              0, &error);
    if (term->regex)
        return;
    const char *why = strrchr(error->message, ':'); /* it begins with the expression again */
    term->wrong = g_strdup_printf("~%s is no expression%s", term->value, why ? why : "");
}

/* Without the slash at its end, if there is one. */
static void take_value(struct term *term, const char *word)
{
    gsize length = strlen(word);
    term->kind = strchr("~/", *word) && length > 0 ? KIND_REGEX
                 : *word == '?'                    ? KIND_FUZZY
                                                   : KIND_TEXT;
    bool closed = *word == '/' && length > 1 && word[length - 1] == '/';
    if (term->kind == KIND_TEXT)
        term->value = plain(word);
    else
        term->value = g_strndup(word + 1, length - 1 - closed);
    if (term->kind == KIND_REGEX)
        take_regex(term);
}

static struct term *parse_term(const char *word)
{
    struct term *term = g_new0(struct term, 1);
    term->fields = g_string_new(NULL);
    term->negated = word[0] == '!';
    word += term->negated;
    const char *colon = end_of_column(word);
    if (colon)
        term->column = g_strndup(word, (gsize)(colon - word));
    take_value(term, colon ? colon + 1 : word);
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

static bool is_column(const struct term *term, const char *name)
{
    return term->column && g_ascii_strncasecmp(name, term->column, strlen(term->column)) == 0;
}

bool filter_names(const struct filter *filter, const char *column)
{
    for (guint i = 0; i < filter->terms->len; i++)
        if (is_column(g_ptr_array_index(filter->terms, i), column))
            return true;
    return false;
}

/* Letters of ASCII in either case, as strcasestr(), but several times as fast: 100,000 rows of nine
 * fields are looked at with each key. */
static bool holds(const char *text, const char *value)
{
    char low = g_ascii_tolower(*value), high = g_ascii_toupper(*value);
    gsize length = strlen(value);
    if (length == 0)
        return true;
    for (; *text; text++)
        if ((*text == low || *text == high) && g_ascii_strncasecmp(text, value, length) == 0)
            return true;
    return false;
}

static bool in_this_order(const char *text, const char *letters)
{
    for (; *text && *letters; text++)
        letters += g_ascii_tolower(*text) == g_ascii_tolower(*letters);
    return *letters == '\0';
}

static bool field_takes(const struct term *term, const char *value)
{
    if (term->kind == KIND_REGEX)
        return g_regex_match(term->regex, value, 0, NULL);
    return term->kind == KIND_FUZZY ? in_this_order(value, term->value) : holds(value, term->value);
}

/* The fields that a term looks in. */
struct among {
    const struct field *fields;
    const bool *quiet; /* or NULL */
    size_t n;
};

static bool looks_in(const struct term *term, const struct among *among, size_t i)
{
    if (!among->fields[i].value)
        return false;
    if (term->column)
        return is_column(term, among->fields[i].name);
    return !among->quiet || !among->quiet[i];
}

/* One match over all fields at once rules most rows out: a match costs far more to begin than to
 * carry through. */
static bool may_be_in(const struct term *term, const struct among *among)
{
    if (term->kind != KIND_REGEX || term->alone)
        return true;
    g_string_truncate(term->fields, 0);
    for (size_t i = 0; i < among->n; i++)
        if (looks_in(term, among, i)) {
            g_string_append(term->fields, among->fields[i].value);
            g_string_append_c(term->fields, '\n');
        }
    return g_regex_match(term->regex, term->fields->str, 0, NULL);
}

static bool term_found(const struct term *term, const struct among *among)
{
    if (!may_be_in(term, among))
        return false;
    for (size_t i = 0; i < among->n; i++)
        if (looks_in(term, among, i) && field_takes(term, among->fields[i].value))
            return true;
    return false;
}

static bool understood(const struct term *term, const struct among *among)
{
    if (term->wrong)
        return false;
    for (size_t i = 0; term->column && i < among->n; i++)
        if (is_column(term, among->fields[i].name))
            return true;
    return !term->column;
}

bool filter_takes_loud(const struct filter *filter, const struct field *fields, const bool *quiet,
                       size_t n)
{
    const struct among among = {fields, quiet, n};
    for (guint i = 0; i < filter->terms->len; i++) {
        const struct term *term = g_ptr_array_index(filter->terms, i);
        if (understood(term, &among) && term_found(term, &among) == term->negated)
            return false;
    }
    return true;
}

bool filter_takes(const struct filter *filter, const struct field *fields, size_t n)
{
    return filter_takes_loud(filter, fields, NULL, n);
}

static char *unknown_column(const struct term *term, const char *const *columns)
{
    for (size_t i = 0; columns[i]; i++)
        if (is_column(term, columns[i]))
            return NULL;
    const char *nearest = text_nearest(term->column, columns);
    g_autofree char *all = g_strjoinv(", ", (char **)columns);
    return nearest ? g_strdup_printf("no column %s here; did you mean %s:? There are %s",
                                     term->column, nearest, all)
                   : g_strdup_printf("no column %s here; there are %s (\\: is a mere colon)",
                                     term->column, all);
}

char *filter_wrong(const struct filter *filter, const char *const *columns)
{
    for (guint i = 0; i < filter->terms->len; i++) {
        const struct term *term = g_ptr_array_index(filter->terms, i);
        char *wrong = term->wrong               ? g_strdup(term->wrong)
                      : term->column && columns ? unknown_column(term, columns)
                                                : NULL;
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *last_word(const char *text)
{
    const char *blank = strrchr(text, ' ');
    return blank ? blank + 1 : text;
}

bool filter_narrows(const char *shorter, const char *longer)
{
    if (!g_str_has_prefix(longer, shorter))
        return false;
    const char *word = last_word(shorter);
    const char *same = longer + (word - shorter);
    g_autofree char *on = g_strndup(same, strcspn(same, " "));
    if (!*word || strcmp(word, on) == 0)
        return true;
    struct term *before = parse_term(word), *after = parse_term(on);
    bool narrows = before->kind == after->kind && before->kind != KIND_REGEX && !before->negated &&
                   g_strcmp0(before->column, after->column) == 0;
    term_free(before);
    term_free(after);
    return narrows;
}
