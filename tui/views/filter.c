#include "tui/views/filter.h"

#include "data/base/text.h"

#include <string.h>

enum kind { KIND_TEXT, KIND_REGEX, KIND_FUZZY };

struct term {
    bool negated;
    enum kind kind;
    char *column; /* or NULL: any */
    char *value;
    char *low; /* the same in lower case */
    gsize length;
    GRegex *regex; /* of KIND_REGEX; NULL: it is none */
    char *wrong;   /* why it is none */
    bool alone;    /* `regex` must be matched with each field by itself */
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
    g_free(term->low);
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
    term->low = g_ascii_strdown(term->value, -1);
    term->length = strlen(term->low);
    if (term->kind == KIND_REGEX)
        take_regex(term);
}

static struct term *parse_term(const char *word)
{
    struct term *term = g_new0(struct term, 1);
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

static const struct term *term_at(const struct filter *filter, size_t word)
{
    return g_ptr_array_index(filter->terms, word);
}

size_t filter_words(const struct filter *filter)
{
    return filter->terms->len;
}

bool filter_word_chooses(const struct filter *filter, size_t word)
{
    return term_at(filter, word)->column != NULL;
}

bool filter_word_names(const struct filter *filter, size_t word, const char *column)
{
    return is_column(term_at(filter, word), column);
}

bool filter_word_negates(const struct filter *filter, size_t word)
{
    return term_at(filter, word)->negated;
}

bool filter_word_makes_sense(const struct filter *filter, size_t word)
{
    return !term_at(filter, word)->wrong;
}

bool filter_slow(const struct filter *filter)
{
    for (size_t i = 0; i < filter_words(filter); i++)
        if (term_at(filter, i)->regex && term_at(filter, i)->length > 0)
            return true;
    return false;
}

void filter_fold(GString *into, const char *value)
{
    bool odd = value && !g_str_is_ascii(value) && !g_utf8_validate(value, -1, NULL);
    g_autofree char *valid = odd ? g_utf8_make_valid(value, -1) : NULL;
    const char *text = valid ? valid : value ? value : "";
    gsize from = into->len;
    g_string_append(into, text);
    for (char *c = into->str + from; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + ('a' - 'A'));
        else if (*c == '\n')
            *c = ' ';
    }
    g_string_append_c(into, '\n');
}

/* The texts of an expression, or of letters in their order, are looked at one by one. */
static bool any_field(const struct term *term, const char *text, gsize length,
                      bool (*takes)(const struct term *term, const char *field, gsize length))
{
    const char *end = text + length;
    while (text < end) {
        const char *stop = memchr(text, '\n', (gsize)(end - text));
        stop = stop ? stop : end;
        if (stop > text && takes(term, text, (gsize)(stop - text)))
            return true;
        text = stop + 1;
    }
    return false;
}

static bool in_this_order(const struct term *term, const char *text, gsize length)
{
    const char *end = text + length;
    for (const char *letter = term->low; *letter; letter++) {
        text = memchr(text, *letter, (gsize)(end - text));
        if (!text)
            return false;
        text++;
    }
    return true;
}

static bool matches(const struct term *term, const char *text, gsize length)
{
    return g_regex_match_full(term->regex, text, (gssize)length, 0, 0, NULL, NULL);
}

/* One match over all fields at once: it costs far more to begin than to carry through. What it
 * finds within one field is that field's, too; what goes beyond, or is nothing, may be nobody's. */
static bool expression_takes(const struct term *term, const char *text, gsize length)
{
    g_autoptr(GMatchInfo) found = NULL;
    int from = 0, to = 0;
    if (term->length == 0 || term->alone)
        return any_field(term, text, length, matches);
    if (!g_regex_match_full(term->regex, text, (gssize)length, 0, 0, &found, NULL))
        return false;
    g_match_info_fetch_pos(found, 0, &from, &to);
    bool within = to > from && !memchr(text + from, '\n', (gsize)(to - from));
    return within || any_field(term, text, length, matches);
}

static bool term_takes(const struct term *term, const char *text, gsize length)
{
    if (term->kind == KIND_FUZZY)
        return in_this_order(term, text, length) && any_field(term, text, length, in_this_order);
    if (term->length == 0)
        return strspn(text, "\n") < length; /* has it at all */
    if (term->kind == KIND_TEXT)
        return memmem(text, length, term->low, term->length) != NULL;
    return expression_takes(term, text, length);
}

bool filter_word_takes(const struct filter *filter, size_t word, const char *text, gsize length)
{
    return term_takes(term_at(filter, word), text, length);
}

/* The fields that a word looks in. False: it looks in a column that is not there. */
static bool fields_of(const struct term *term, const struct field *fields, size_t n, GString *text)
{
    bool there = !term->column;
    for (size_t i = 0; i < n; i++) {
        if (term->column && !is_column(term, fields[i].name))
            continue;
        there = true;
        filter_fold(text, fields[i].value);
    }
    return there;
}

bool filter_takes(const struct filter *filter, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < filter_words(filter); i++) {
        const struct term *term = term_at(filter, i);
        g_autoptr(GString) text = g_string_new(NULL);
        if (!term->wrong && fields_of(term, fields, n, text) &&
            term_takes(term, text->str, text->len) == term->negated)
            return false;
    }
    return true;
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
