/* Tables that people arrange: in what order their rows stand, and which columns are shown. */
#include "tests/unit/sheet_stage.h"
#include "tui/views/deck.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/sheet_sort.h"

#include <criterion/criterion.h>
#include <string.h>

/* Sorted as `:sort` is told. */
static void expect_order(const char *by, const char *ids)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    struct arrangement arrangement = {0};
    cr_assert(arrangement_sort(&arrangement, &thing_sheet, by, NULL));
    struct find find;
    find_init(&find);
    find_follow(&find, &thing_sheet, deck, &arrangement, all);
    expect_found(&find, ids);
    find_release(&find);
}

Test(sheet, sorts_by_any_column_and_what_is_not_known_comes_last_either_way)
{
    expect_order("", "dacb");
    expect_order("id", "abcd");
    expect_order("-id", "dcba");
    expect_order("size", "dbca");
    expect_order("-size", "cdba");
    expect_order("name", "dbac");
    expect_order("-name", "adbc");
}

Test(sheet, the_screens_own_order_can_be_turned_round)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    const struct arrangement turned = {.turned = true};
    struct find find;
    find_init(&find);
    find_follow(&find, &thing_sheet, deck, &turned, all);
    expect_found(&find, "bcad");
    find_release(&find);
}

/* Sorted as people order texts, whatever comes first. */
static int compare(const char *a, const char *b)
{
    g_autoptr(GString) x = g_string_new(NULL);
    g_autoptr(GString) y = g_string_new(NULL);
    sheet_text_key(x, a);
    sheet_text_key(y, b);
    int order = memcmp(x->str, y->str, MIN(x->len, y->len));
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

Test(sheet, texts_stand_in_any_letter_case_and_numbers_in_them_as_numbers)
{
    static const char *const in_order[] = {
        "",      "-",    "0",     "2",       "010",  "a",  "A-1",  "a-09",   "a-9b",    "a10",
        "a10-x", "a100", "alpha", "Alpha 2", "beta", "v5", "v5.0", "v5.0.9", "v5.0.10", "\u00e9"};
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(in_order); i++)
        cr_expect_lt(compare(in_order[i], in_order[i + 1]), 0, "%s, %s", in_order[i],
                     in_order[i + 1]);
    cr_expect_eq(compare("Cell-007", "cell-7"), 0);
}

Test(sheet, many_rows_are_sorted_as_few_are_and_those_alike_keep_their_order)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = many_things(1000);
    static const char *const by[] = {"id", "-id", "name", "-name", "size", "-size"};
    for (size_t b = 0; b < G_N_ELEMENTS(by); b++) {
        struct arrangement arrangement = {0};
        cr_assert(arrangement_sort(&arrangement, &thing_sheet, by[b], NULL));
        struct find find;
        find_init(&find);
        find_follow(&find, &thing_sheet, deck, &arrangement, all);
        cr_assert_eq(find.rows->len, 1000);
        bool falls = (by[b][0] == '-') != (strstr(by[b], "size") != NULL);
        for (guint i = 0; i + 1 < find.rows->len; i++) {
            const struct thing *x = find.rows->pdata[i], *y = find.rows->pdata[i + 1];
            int order = strstr(by[b], "id") ? compare(x->id, y->id)
                        : strstr(by[b], "size")
                            ? (x->size > y->size) - (x->size < y->size)
                            : (x->name == NULL) - (y->name == NULL); /* none comes last */
            bool turned = falls && !strstr(by[b], "name");
            cr_assert_leq(turned ? -order : order, 0, "%s: %s, %s", by[b], x->id, y->id);
            if (order == 0)
                cr_assert_lt(compare(x->id, y->id), 0, "%s: %s, %s", by[b], x->id, y->id);
        }
        find_release(&find);
    }
}

Test(sheet, the_next_column_to_sort_by_goes_through_those_shown_and_ends_in_the_screens_own_order)
{
    static const size_t shown[] = {2, 0};
    struct arrangement arrangement = {0};
    arrangement_sort_next(&arrangement, shown, 2);
    cr_expect_eq(arrangement.sort, 3);
    arrangement.turned = true;
    arrangement_sort_next(&arrangement, shown, 2);
    cr_expect_eq(arrangement.sort, 1);
    cr_expect_not(arrangement.turned);
    arrangement_sort_next(&arrangement, shown, 2);
    cr_expect_eq(arrangement.sort, 0);
}

static void expect_said(const struct sheet *of, const char *by, const char *expected)
{
    struct arrangement arrangement = {0};
    cr_assert(arrangement_sort(&arrangement, of, by, NULL));
    g_autofree char *said = arrangement_text(&arrangement, of);
    cr_expect_str_eq(said, expected);
}

Test(sheet, the_order_is_said_in_the_words_of_what_the_column_has)
{
    expect_said(&thing_sheet, "", "the screen's own order");
    expect_said(&thing_sheet, "size", "sorted by size, the highest first");
    expect_said(&thing_sheet, "-name", "sorted by name, from Z to A");
    expect_said(view_of(VIEW_HISTORY)->sheet, "started", "sorted by started, the newest first");
    expect_said(view_of(VIEW_EVENTS)->sheet, "-time", "sorted by time, the oldest first");
}

static void expect_refused(const char *names, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) each = g_strsplit(names, ",", -1);
    struct arrangement arrangement = {.n = 1};
    cr_expect_not(
        arrangement_choose(&arrangement, &thing_sheet, (const char *const *)each, NULL, &error));
    cr_expect(error && strstr(error->message, why), "%s: %s", names, error ? error->message : "");
    cr_expect_eq(arrangement.n, 1, "nothing is changed");
}

Test(sheet, columns_that_do_not_exist_are_named_with_what_there_is)
{
    expect_refused("id,nane", "no column \"nane\" here (did you mean name?); there are id, name");
    expect_refused("id,id", "there twice");
    expect_refused("id=wide", "no width");
    expect_refused("id=2", "no width");
}

Test(sheet, chosen_columns_stand_in_their_order_with_the_one_that_sorts_marked)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    struct arrangement arrangement = {0};
    static const char *const names[] = {"size", "id=9", NULL};
    cr_assert(arrangement_choose(&arrangement, &thing_sheet, names, NULL, NULL));
    cr_assert(arrangement_sort(&arrangement, &thing_sheet, "-size", NULL));
    struct find find;
    find_init(&find);
    find_follow(&find, &thing_sheet, deck, &arrangement, all);
    list_fit(&find.list, 4);
    struct canvas *canvas = canvas_new(5, 30, false);
    const struct area area = {0, 0, 5, 30};
    sheet_draw(&thing_sheet, deck, &arrangement, &find.list, find.rows, canvas, &area);
    g_autofree char *titles = canvas_row(canvas, 0);
    g_autofree char *first = canvas_row(canvas, 1);
    cr_expect_str_eq(titles, "    ↑SIZE ID");
    cr_expect_str_eq(first, "        4 c");
    canvas_free(canvas);
    find_release(&find);
}

Test(sheet, every_column_of_the_fleet_has_a_name_of_its_own_that_filters_can_use)
{
    cr_assert_leq(fleet_sheet.n, ARRANGED_MOST);
    for (size_t i = 0; i < fleet_sheet.n; i++) {
        const char *id = fleet_sheet.columns[i].id;
        cr_expect(id && !strpbrk(id, " :,=-!~?/"), "%zu", i);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(id, fleet_sheet.columns[j].id);
    }
}

Test(list, the_place_is_told_only_where_not_all_is_in_view)
{
    struct list list;
    list_init(&list);
    GPtrArray *rows = g_ptr_array_new();
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        g_ptr_array_add(rows, (gpointer)ids[i]);
    list_set(&list, rows);
    list_fit(&list, 5);
    cr_expect_null(list_position(&list));
    list_fit(&list, 2);
    list_move(&list, 3);
    g_autofree char *position = list_position(&list);
    cr_expect_str_eq(position, "3-4 of 5");
    list_release(&list);
}
