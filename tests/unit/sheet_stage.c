#include "tests/unit/sheet_stage.h"

#include "tests/unit/small_fleet.h"
#include "tui/views/deck.h"

#include <criterion/criterion.h>
#include <math.h>

static const char *thing_id(const void *row)
{
    return ((const struct thing *)row)->id;
}

static const char *id_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return thing_id(row);
}

static const char *name_text(const void *row, const struct deck *deck, GString *scratch)
{
    (void)deck, (void)scratch;
    return ((const struct thing *)row)->name;
}

static double size_number(const void *row, const struct deck *deck)
{
    (void)deck;
    return ((const struct thing *)row)->size;
}

static const char *size_text(const void *row, const struct deck *deck, GString *scratch)
{
    g_string_printf(scratch, "%.0f", size_number(row, deck));
    return scratch->str;
}

static const struct sheet_column columns[] = {
    {.id = "id", .shape = {"ID", 4, 6, 0, false}, .text = id_text},
    {.id = "name", .shape = {"NAME", 4, 9, 1, false}, .text = name_text},
    {.id = "size",
     .shape = {"SIZE", 4, 6, 2, true},
     .text = size_text,
     .number = size_number,
     .falls = true,
     .quiet = true},
};

static bool sized(const void *row, const struct deck *deck)
{
    return !isnan(size_number(row, deck));
}

const struct sheet thing_sheet = {
    .columns = columns, .n = G_N_ELEMENTS(columns), .id = thing_id, .faulty = sized};

static const struct thing things[] = {
    {"d", "v5.0.9", 30}, {"a", "v5.0.10", NAN}, {"c", NULL, 4}, {"b", "V5.0.9", 30}};

GPtrArray *all_things(void)
{
    GPtrArray *all = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(things); i++)
        g_ptr_array_add(all, (gpointer)&things[i]);
    return all;
}

GPtrArray *many_things(guint n)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        struct numbered {
            struct thing thing;
            char id[16];
        } *numbered = g_new0(struct numbered, 1);
        g_snprintf(numbered->id, sizeof numbered->id, "t%u", i);
        numbered->thing = (struct thing){numbered->id, i % 3 ? "North" : NULL, i % 7};
        g_ptr_array_add(all, numbered);
    }
    return all;
}

struct deck *things_deck(void)
{
    OWN(config) config = small_fleet(NULL);
    return deck_new(config, NULL);
}

void expect_found(const struct find *find, const char *ids)
{
    g_autoptr(GString) found = g_string_new(NULL);
    for (int i = 0; i < list_size(&find->list); i++)
        g_string_append(found, list_row(&find->list, i));
    cr_expect_str_eq(found->str, ids);
}
