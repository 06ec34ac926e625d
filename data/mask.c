#include "data/mask.h"

#include "data/journal.h"

#include <string.h>

enum { SHOWN_DIGITS = 10 };

/* One name of a tenant, in lower case. */
struct name {
    char *text;
    const char *instead; /* borrowed from mask->stands_for */
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

/* Letters of all scripts, digits, and what joins the parts of an id. */
static bool within_word(const char *p)
{
    gunichar c = g_utf8_get_char_validated(p, -1);
    return c == '-' || c == '_' || (c < 0x80000000 && g_unichar_isalnum(c));
}

static size_t word_length(const char *p)
{
    const char *end = p;
    while (*end && within_word(end))
        end = g_utf8_next_char(end);
    return (size_t)(end - p);
}

static gint longest_first(gconstpointer a, gconstpointer b)
{
    const struct name *x = *(const struct name *const *)a, *y = *(const struct name *const *)b;
    size_t n = strlen(x->text), m = strlen(y->text);
    return n < m ? 1 : n > m ? -1 : strcmp(x->text, y->text);
}

static void add_name(struct mask *mask, const char *text, const char *instead)
{
    if (!text || !*text || !g_utf8_validate(text, -1, NULL))
        return;
    g_autofree char *lower = g_utf8_strdown(text, -1);
    size_t n = word_length(lower);
    g_autofree char *word = g_strndup(lower, n ? n : 1);
    GPtrArray *names = g_hash_table_lookup(mask->by_word, word);
    if (!names) {
        names = g_ptr_array_new_with_free_func(name_free);
        g_hash_table_insert(mask->by_word, g_strdup(word), names);
    }
    struct name *name = g_new(struct name, 1);
    *name = (struct name){g_steal_pointer(&lower), instead};
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

/* The longest name that begins at `p` and ends with a word; its bytes there in *n. */
static const struct name *name_at(const struct mask *mask, const char *p, size_t *n)
{
    size_t length = word_length(p);
    g_autofree char *begun = g_strndup(p, length ? length : 1);
    g_autofree char *word = g_utf8_strdown(begun, -1);
    const GPtrArray *names = g_hash_table_lookup(mask->by_word, word);
    for (guint i = 0; names && i < names->len; i++) {
        const struct name *name = g_ptr_array_index(names, i);
        glong letters = g_utf8_strlen(name->text, -1);
        if (g_utf8_strlen(p, -1) < letters)
            continue;
        *n = (size_t)(g_utf8_offset_to_pointer(p, letters) - p);
        g_autofree char *there = g_strndup(p, *n);
        g_autofree char *lower = g_utf8_strdown(there, -1);
        if (strcmp(lower, name->text) == 0 && !(p[*n] && within_word(p + *n)))
            return name;
    }
    return NULL;
}

char *mask_text(const struct mask *mask, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p;) {
        size_t n = 0;
        const struct name *name = name_at(mask, p, &n);
        if (name) {
            g_string_append(out, name->instead);
            p += n;
            continue;
        }
        n = word_length(p);
        n = n ? n : (size_t)(g_utf8_next_char(p) - p);
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
