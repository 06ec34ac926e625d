#include "data/mask.h"

#include "data/journal.h"

#include <string.h>

enum { SHOWN_DIGITS = 10 };

/* One name of a tenant, folded(). */
struct name {
    char *text;
    const char *instead; /* borrowed from mask->stands_for */
    bool compound;       /* of several words: nothing else is called so, whatever it is part of */
};

struct mask {
    GHashTable *by_word;   /* its first word -> GPtrArray of struct name *, longest first */
    GPtrArray *stands_for; /* char * */
};

static void name_free(gpointer p)
{
    struct name *name = p;
    g_free(name->text);
    g_free(name);
}

/* Letters of all scripts and digits. `p` is valid. */
static bool is_letter(const char *p)
{
    return g_unichar_isalnum(g_utf8_get_char(p));
}

/* What joins the words of an id. */
static bool joins(char c)
{
    return c == '-' || c == '_';
}

/* The word at `p`, or whatever other letter stands there, whole. */
static size_t word_length(const char *p)
{
    const char *end = p;
    while (*end && is_letter(end))
        end = g_utf8_next_char(end);
    return (size_t)((end > p || !*p ? end : g_utf8_next_char(p)) - p);
}

/* Caller frees. In small letters, of which each stands for one, so that both have as many. */
static char *folded(const char *text, size_t n)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; p < text + n; p = g_utf8_next_char(p))
        g_string_append_unichar(out, g_unichar_tolower(g_utf8_get_char(p)));
    return g_string_free(out, FALSE);
}

/* An accent may be a letter of its own, or not: nobody sees a difference. Caller frees. */
static char *composed(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return g_utf8_normalize(valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

static const char *after_blanks(const char *p)
{
    while (*p && g_unichar_isspace(g_utf8_get_char(p)))
        p = g_utf8_next_char(p);
    return p;
}

static gint longest_first(gconstpointer a, gconstpointer b)
{
    const struct name *x = *(const struct name *const *)a, *y = *(const struct name *const *)b;
    size_t n = strlen(x->text), m = strlen(y->text);
    return n < m ? 1 : n > m ? -1 : strcmp(x->text, y->text);
}

static bool is_compound(const char *text)
{
    return word_length(text) < strlen(text);
}

static void add_name(struct mask *mask, const char *text, const char *instead)
{
    g_autofree char *whole = composed(text ? text : "");
    g_autofree char *lower = folded(whole, strlen(whole));
    g_strstrip(lower);
    if (!*lower)
        return;
    g_autofree char *word = g_strndup(lower, word_length(lower));
    GPtrArray *names = g_hash_table_lookup(mask->by_word, word);
    if (!names) {
        names = g_ptr_array_new_with_free_func(name_free);
        g_hash_table_insert(mask->by_word, g_strdup(word), names);
    }
    struct name *name = g_new(struct name, 1);
    *name = (struct name){g_strdup(lower), instead, is_compound(lower)};
    g_ptr_array_add(names, name);
}

static void sort_names(gpointer word, gpointer names, gpointer data)
{
    (void)word, (void)data;
    g_ptr_array_sort(names, longest_first);
}

struct mask *mask_new(const struct registry *registry)
{
    struct mask *mask = g_new0(struct mask, 1);
    g_autofree char *key = journal_new_id();
    mask->by_word =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    mask->stands_for = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < registry->tenants->len; i++) {
        const struct tenant *tenant = registry->tenants->pdata[i];
        g_autofree char *digest = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key,
                                                            strlen(key), tenant->id, -1);
        char *instead = g_strdup_printf("tenant-%.*s", SHOWN_DIGITS, digest);
        g_ptr_array_add(mask->stands_for, instead);
        add_name(mask, tenant->id, instead);
        add_name(mask, tenant->name, instead);
        add_name(mask, tenant->subdomain, instead);
    }
    g_hash_table_foreach(mask->by_word, sort_names, NULL);
    return mask;
}

void mask_free(struct mask *mask)
{
    if (!mask)
        return;
    g_hash_table_unref(mask->by_word);
    g_ptr_array_unref(mask->stands_for);
    g_free(mask);
}

/* Where the name ends that begins at `p`; NULL: another text stands there. Blanks are blanks. */
static const char *end_of(const char *name, const char *p)
{
    while (*name && *p) {
        gunichar c = g_utf8_get_char(p), wanted = g_utf8_get_char(name);
        bool blank = g_unichar_isspace(c) && g_unichar_isspace(wanted);
        if (!blank && g_unichar_tolower(c) != wanted)
            return NULL;
        p = blank ? after_blanks(p) : g_utf8_next_char(p);
        name = blank ? after_blanks(name) : g_utf8_next_char(name);
    }
    return *name ? NULL : p;
}

/* The longest name that begins at `p` of `text`, as words of their own; its bytes there in *n. */
static const struct name *name_at(const struct mask *mask, const char *text, const char *p,
                                  size_t *n)
{
    g_autofree char *word = folded(p, word_length(p));
    const GPtrArray *names = g_hash_table_lookup(mask->by_word, word);
    for (guint i = 0; names && i < names->len; i++) {
        const struct name *name = g_ptr_array_index(names, i);
        const char *end = end_of(name->text, p);
        if (!end)
            continue;
        bool joined = joins(*end) || (p > text && joins(p[-1]));
        *n = (size_t)(end - p);
        if (!(*end && is_letter(end)) && (name->compound || !joined))
            return name;
    }
    return NULL;
}

char *mask_text(const struct mask *mask, const char *text)
{
    g_autofree char *whole = composed(text);
    GString *out = g_string_new(NULL);
    for (const char *p = whole; *p;) {
        size_t n = 0;
        const struct name *name = name_at(mask, whole, p, &n);
        if (name) {
            g_string_append(out, name->instead);
            p += n;
            continue;
        }
        n = word_length(p);
        g_string_append_len(out, p, (gssize)n);
        p += n;
    }
    return g_string_free(out, FALSE);
}

json_t *mask_json(const struct mask *mask, const json_t *json)
{
    if (json_is_string(json)) {
        g_autofree char *masked = mask_text(mask, json_string_value(json));
        return json_string(masked);
    }
    json_t *copy = json_copy((json_t *)json);
    if (json_is_array(copy))
        for (size_t i = 0; i < json_array_size(copy); i++)
            json_array_set_new(copy, i, mask_json(mask, json_array_get(copy, i)));
    void *at = json_is_object(copy) ? json_object_iter(copy) : NULL;
    for (; at; at = json_object_iter_next(copy, at))
        json_object_iter_set_new(copy, at, mask_json(mask, json_object_iter_value(at)));
    return copy;
}
