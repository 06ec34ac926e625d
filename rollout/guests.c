#include "rollout/guests.h"

#include "data/base/text.h"

#include <string.h>

enum { NAMED_MOST = 3 }; /* operations by name; of more, how many there are */

static void guests_free(gpointer p)
{
    struct guests *guests = p;
    g_ptr_array_unref(guests->operations);
    g_ptr_array_unref(guests->tenants);
    g_free(guests);
}

static const char *way_home(const struct evacuation *evacuation, const struct origin *origin)
{
    for (guint i = 0; origin && origin->from[i]; i++)
        if (config_place(evacuation->config, origin->from[i]) >= 0)
            return origin->from[i];
    return NULL;
}

static struct guests *guests_from(GPtrArray *all, const char *cell)
{
    for (guint i = 0; i < all->len; i++) {
        struct guests *guests = g_ptr_array_index(all, i);
        if (strcmp(guests->from, cell) == 0)
            return guests;
    }
    struct guests *guests = g_new(struct guests, 1);
    *guests = (struct guests){cell, g_ptr_array_new(), g_ptr_array_new()};
    g_ptr_array_add(all, guests);
    return guests;
}

static gint most_first(gconstpointer a, gconstpointer b)
{
    const struct guests *x = *(const struct guests *const *)a,
                        *y = *(const struct guests *const *)b;
    if (x->tenants->len != y->tenants->len)
        return x->tenants->len > y->tenants->len ? -1 : 1;
    return strcmp(x->from, y->from);
}

GPtrArray *guests_of(const struct evacuation *evacuation, const struct origins *origins)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(guests_free);
    for (guint i = 0; i < evacuation->tenants->len; i++) {
        const struct placed_tenant *placed = g_ptr_array_index(evacuation->tenants, i);
        const struct origin *origin = origins_of(origins, placed->tenant->id, evacuation->cell->id);
        const char *home = way_home(evacuation, origin);
        if (!home)
            continue;
        struct guests *guests = guests_from(all, home);
        g_ptr_array_add(guests->tenants, (gpointer)placed->tenant->id);
        if (!g_ptr_array_find_with_equal_func(guests->operations, origin->operation, g_str_equal,
                                              NULL))
            g_ptr_array_add(guests->operations, (gpointer)origin->operation);
    }
    g_ptr_array_sort(all, most_first);
    return all;
}

static void add_operations(GString *text, const GPtrArray *operations)
{
    guint named = operations->len > NAMED_MOST + 1 ? NAMED_MOST : operations->len;
    for (guint i = 0; i < named; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : " by ",
                               (const char *)g_ptr_array_index(operations, i));
    if (named < operations->len)
        g_string_append_printf(text, " and %u more", operations->len - named);
}

static guint count(const GPtrArray *guests)
{
    guint n = 0;
    for (guint i = 0; i < guests->len; i++)
        n += ((const struct guests *)g_ptr_array_index(guests, i))->tenants->len;
    return n;
}

char *guests_words(const struct evacuation *evacuation, const GPtrArray *guests)
{
    guint n = count(guests);
    if (n == 0 || n == evacuation->tenants->len)
        return NULL;
    const struct guests *first = g_ptr_array_index(guests, 0);
    bool one_cell = guests->len == 1, one = one_cell && first->operations->len == 1;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < guests->len; i++) {
        const struct guests *from = g_ptr_array_index(guests, i);
        g_autofree char *some = text_count(from->tenants->len);
        g_autofree char *all = text_counted(evacuation->tenants->len, "tenant");
        g_string_append_printf(text, "%s%s%s%s came from %s", i ? ", " : "", some, i ? "" : " of ",
                               i ? "" : all, from->from);
        add_operations(text, from->operations);
    }
    g_string_append_printf(text,
                           " (celldeck failover status %s lists them); a failover empties the "
                           "whole cell; to bring one home alone: celldeck tenant move ID --to %s",
                           one ? (const char *)first->operations->pdata[0] : "ID",
                           one_cell ? first->from : "CELL");
    return g_string_free(text, FALSE);
}

static json_t *texts_json(const GPtrArray *texts)
{
    json_t *array = json_array();
    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(array, text_json(g_ptr_array_index(texts, i)));
    return array;
}

json_t *guests_json(const GPtrArray *guests)
{
    json_t *array = json_array();
    for (guint i = 0; i < guests->len; i++) {
        const struct guests *from = g_ptr_array_index(guests, i);
        json_array_append_new(array, json_pack("{s:o, s:o, s:o}", "from", text_json(from->from),
                                               "operations", texts_json(from->operations),
                                               "tenants", texts_json(from->tenants)));
    }
    return array;
}
