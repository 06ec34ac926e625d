/* Which cells a baking one is compared with. */
#include "rollout/controls.h"

#include <criterion/criterion.h>

#define CELLS 40

struct fleet {
    struct config config;
    struct cell_config cells[CELLS];
    GArray *all; /* places */
};

/* Cell 0 is the canary, of class shared. */
static struct fleet *fleet_new(const enum cell_class *classes, guint n)
{
    struct fleet *fleet = g_new0(struct fleet, 1);
    fleet->config.cells = g_ptr_array_new();
    fleet->all = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < n; i++) {
        fleet->cells[i].class = classes[i];
        g_ptr_array_add(fleet->config.cells, &fleet->cells[i]);
        g_array_append_val(fleet->all, i);
    }
    return fleet;
}

static void fleet_free(struct fleet *fleet)
{
    g_ptr_array_unref(fleet->config.cells);
    g_array_unref(fleet->all);
    g_free(fleet);
}
OWNABLE(fleet, fleet_free);

Test(controls, are_of_like_class_where_there_are_three)
{
    const enum cell_class classes[] = {CLASS_SHARED, CLASS_DEV,    CLASS_SHARED,
                                       CLASS_SHARED, CLASS_SHARED, CLASS_DEDICATED};
    OWN(fleet) fleet = fleet_new(classes, G_N_ELEMENTS(classes));
    g_autoptr(GArray) chosen = controls_choose(&fleet->config, &fleet->config.gates, 0, fleet->all);
    cr_assert_eq(chosen->len, 3);
    for (guint i = 0; i < chosen->len; i++)
        cr_expect_eq(g_array_index(chosen, guint, i), i + 2);
}

Test(controls, are_of_any_class_where_too_few_are_alike_but_never_the_cell_or_a_dr_one)
{
    const enum cell_class classes[] = {CLASS_SHARED, CLASS_DEV, CLASS_DR, CLASS_SHARED,
                                       CLASS_DEDICATED};
    OWN(fleet) fleet = fleet_new(classes, G_N_ELEMENTS(classes));
    g_autoptr(GArray) chosen = controls_choose(&fleet->config, &fleet->config.gates, 0, fleet->all);
    cr_assert_eq(chosen->len, 3);
    const guint wanted[] = {1, 3, 4};
    for (guint i = 0; i < chosen->len; i++)
        cr_expect_eq(g_array_index(chosen, guint, i), wanted[i]);
}

Test(controls, are_thirty_two_at_the_most)
{
    enum cell_class classes[CELLS];
    for (guint i = 0; i < CELLS; i++)
        classes[i] = CLASS_SHARED;
    OWN(fleet) fleet = fleet_new(classes, CELLS);
    g_autoptr(GArray) chosen = controls_choose(&fleet->config, &fleet->config.gates, 0, fleet->all);
    cr_expect_eq(chosen->len, 32);
}

Test(controls, are_those_that_gates_controls_takes_where_it_says_anything)
{
    const enum cell_class classes[] = {CLASS_SHARED, CLASS_SHARED, CLASS_SHARED,
                                       CLASS_SHARED, CLASS_DEV,    CLASS_DR};
    OWN(fleet) fleet = fleet_new(classes, G_N_ELEMENTS(classes));
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
        fleet->cells[i].id = (char *)ids[i];
    g_autoptr(GHashTable) blue = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(blue, (gpointer) "team", (gpointer) "blue");
    fleet->cells[3].labels = fleet->cells[4].labels = blue;
    struct {
        char *classes[2], *cells[4], *exclude[2];
        GHashTable *labels;
        guint n, wanted[4];
    } cases[] = {
        {.classes = {(char *)"dev"}, .n = 1, .wanted = {4}},
        {.labels = blue, .n = 2, .wanted = {3, 4}},
        {.labels = blue, .classes = {(char *)"shared"}, .n = 1, .wanted = {3}},
        {.cells = {(char *)"a", (char *)"c", (char *)"f"}, .n = 1, .wanted = {2}},
        {.exclude = {(char *)"b"}, .n = 3, .wanted = {2, 3, 4}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        fleet->config.gates.controls = (struct controls_config){cases[i].classes, cases[i].labels,
                                                                cases[i].cells, cases[i].exclude};
        g_autoptr(GArray) chosen =
            controls_choose(&fleet->config, &fleet->config.gates, 0, fleet->all);
        cr_assert_eq(chosen->len, cases[i].n, "case %zu: %u", i, chosen->len);
        for (guint j = 0; j < chosen->len; j++)
            cr_expect_eq(g_array_index(chosen, guint, j), cases[i].wanted[j], "case %zu", i);
    }
}
