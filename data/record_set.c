#include "data/record_set.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/dns.h"

#include <string.h>

void record_set_free(struct record_set *set)
{
    if (!set)
        return;
    g_free(set->name);
    g_free(set->type);
    g_ptr_array_unref(set->values);
    g_free(set->alias_name);
    g_free(set->alias_zone);
    g_free(set->foreign);
    g_free(set);
}

static void free_one(gpointer set)
{
    record_set_free(set);
}

GPtrArray *record_sets_new(void)
{
    return g_ptr_array_new_with_free_func(free_one);
}

struct record_set *record_set_new(const char *name, const char *type)
{
    struct record_set *set = g_new0(struct record_set, 1);
    set->name = g_strdup(name);
    set->type = g_strdup(type);
    set->ttl_s = -1;
    set->values = g_ptr_array_new_with_free_func(g_free);
    return set;
}

struct record_set *record_set_copy(const struct record_set *set)
{
    struct record_set *copy = record_set_new(set->name, set->type);
    copy->ttl_s = set->ttl_s;
    for (guint i = 0; i < set->values->len; i++)
        g_ptr_array_add(copy->values, g_strdup(set->values->pdata[i]));
    copy->alias_name = g_strdup(set->alias_name);
    copy->alias_zone = g_strdup(set->alias_zone);
    copy->alias_health = set->alias_health;
    copy->foreign = g_strdup(set->foreign);
    return copy;
}

struct record_set *record_set_cname(const char *name, const char *target, gint64 ttl_s)
{
    g_autofree char *plain = dns_plain(name);
    g_autofree char *dotted = g_strconcat(plain, ".", NULL);
    struct record_set *set = record_set_new(dotted, "CNAME");
    set->ttl_s = ttl_s;
    g_ptr_array_add(set->values, dns_plain(target));
    return set;
}

static bool same_name(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    g_autofree char *x = dns_plain(a);
    g_autofree char *y = dns_plain(b);
    return strcmp(x, y) == 0;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order, as they compare. */
static GPtrArray *plain_values(const struct record_set *set)
{
    bool names = strcmp(set->type, "CNAME") == 0;
    GPtrArray *plain = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < set->values->len; i++) {
        const char *value = set->values->pdata[i];
        g_ptr_array_add(plain, names ? dns_plain(value) : g_strdup(value));
    }
    g_ptr_array_sort(plain, by_text);
    return plain;
}

static bool same_values(const struct record_set *a, const struct record_set *b)
{
    g_autoptr(GPtrArray) x = plain_values(a), y = plain_values(b);
    bool same = x->len == y->len;
    for (guint i = 0; same && i < x->len; i++)
        same = strcmp(x->pdata[i], y->pdata[i]) == 0;
    return same;
}

bool record_set_equal(const struct record_set *a, const struct record_set *b)
{
    return !a->foreign && !b->foreign && same_name(a->name, b->name) &&
           strcmp(a->type, b->type) == 0 && a->ttl_s == b->ttl_s && same_values(a, b) &&
           same_name(a->alias_name, b->alias_name) &&
           g_strcmp0(a->alias_zone, b->alias_zone) == 0 && a->alias_health == b->alias_health;
}

json_t *record_set_json(const struct record_set *set)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", text_json(set->name));
    json_object_set_new(json, "type", text_json(set->type));
    if (set->alias_name) {
        json_t *alias = json_object();
        json_object_set_new(alias, "name", text_json(set->alias_name));
        json_object_set_new(alias, "zone", text_json(set->alias_zone));
        json_object_set_new(alias, "health", json_boolean(set->alias_health));
        json_object_set_new(json, "alias", alias);
    } else {
        json_t *values = json_array();
        for (guint i = 0; i < set->values->len; i++)
            json_array_append_new(values, text_json(set->values->pdata[i]));
        json_object_set_new(json, "ttl", json_integer(set->ttl_s));
        json_object_set_new(json, "values", values);
    }
    if (set->foreign)
        json_object_set_new(json, "foreign", text_json(set->foreign));
    return json;
}

static bool take_alias(struct record_set *set, const json_t *alias)
{
    set->alias_name = g_strdup(json_string_value(json_object_get(alias, "name")));
    set->alias_zone = g_strdup(json_string_value(json_object_get(alias, "zone")));
    const json_t *health = json_object_get(alias, "health");
    set->alias_health = json_is_true(health);
    return set->alias_name && set->alias_zone && json_is_boolean(health);
}

static bool take_values(struct record_set *set, const json_t *ttl, const json_t *values)
{
    size_t i;
    const json_t *value;
    bool good = json_is_integer(ttl) && json_integer_value(ttl) >= 0 && json_array_size(values) > 0;
    json_array_foreach (values, i, value) {
        good = good && json_is_string(value);
        if (good)
            g_ptr_array_add(set->values, g_strdup(json_string_value(value)));
    }
    set->ttl_s = good ? json_integer_value(ttl) : -1;
    return good;
}

struct record_set *record_set_of_json(const json_t *json, GError **error)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    const char *type = json_string_value(json_object_get(json, "type"));
    OWN(record_set) set = name && type ? record_set_new(name, type) : NULL;
    const json_t *alias = json_object_get(json, "alias");
    if (set) {
        set->foreign = g_strdup(json_string_value(json_object_get(json, "foreign")));
        bool whole =
            alias ? take_alias(set, alias)
                  : take_values(set, json_object_get(json, "ttl"), json_object_get(json, "values"));
        if (whole || set->foreign)
            return g_steal_pointer(&set);
    }
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "a record set%s%s in the journal is not whole: it takes name, type, and ttl with "
                "values or an alias",
                name ? " of " : "", name ? name : "");
    return NULL;
}

char *record_set_text(const struct record_set *set)
{
    if (set->foreign)
        return g_strdup_printf("%s with %s", set->type, set->foreign);
    if (set->alias_name) {
        g_autofree char *leads = dns_plain(set->alias_name);
        return g_strdup_printf("%s alias of %s", set->type, leads);
    }
    g_autoptr(GPtrArray) values = plain_values(set);
    g_ptr_array_add(values, NULL);
    g_autofree char *list = g_strjoinv(" ", (char **)values->pdata);
    return g_strdup_printf("%s %s, TTL %" G_GINT64_FORMAT " s", set->type, list, set->ttl_s);
}
