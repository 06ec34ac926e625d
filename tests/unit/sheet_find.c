/* What is found in a table: by a filter that is typed, at once or in parts, and what stays
 * selected. */
#include "tests/unit/sheet_stage.h"
#include "tui/views/deck.h"

#include <criterion/criterion.h>

static void filter_by(struct deck *deck, const char *text)
{
    g_free(deck->filter);
    deck->filter = g_strdup(text);
}

Test(sheet_find, a_filter_typed_and_taken_back_finds_what_a_filter_from_the_beginning_finds)
{
    static const char *const typed[] = {"v",  "v5",       "v5.0.1",   "v5",     "v",      "!",
                                        "!v", "!v5.0.10", "!v5.0",    "size:3", "size:4", "3",
                                        "",   "~0.9$",    "~0.9$|10", "~0"};
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    const struct arrangement own = {0};
    struct find going, anew;
    find_init(&going);
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
        filter_by(deck, typed[i]);
        find_follow(&going, &thing_sheet, deck, &own, all);
        find_init(&anew);
        find_follow(&anew, &thing_sheet, deck, &own, all);
        cr_expect_eq(list_size(&going.list), list_size(&anew.list), "%s", typed[i]);
        for (int row = 0; row < list_size(&anew.list); row++)
            cr_expect_str_eq(list_row(&going.list, row), list_row(&anew.list, row));
        find_release(&anew);
    }
    find_release(&going);
}

Test(sheet_find, numbers_are_found_only_by_their_column)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    const struct arrangement own = {0};
    struct find find;
    find_init(&find);
    filter_by(deck, "30");
    find_follow(&find, &thing_sheet, deck, &own, all);
    expect_found(&find, "");
    filter_by(deck, "size:30");
    find_follow(&find, &thing_sheet, deck, &own, all);
    expect_found(&find, "db");
    find_release(&find);
}

Test(sheet_find, faults_only_goes_with_the_filter_and_the_selection_stays_with_its_row)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = all_things();
    struct arrangement arrangement = {0};
    struct find find;
    find_init(&find);
    find_follow(&find, &thing_sheet, deck, &arrangement, all);
    list_select(&find.list, "c");
    arrangement.faults = true;
    find_follow(&find, &thing_sheet, deck, &arrangement, all);
    expect_found(&find, "dcb");
    cr_expect_str_eq(find.list.selected, "c");
    filter_by(deck, "v5");
    find_follow(&find, &thing_sheet, deck, &arrangement, all);
    expect_found(&find, "db");
    find_release(&find);
}

Test(sheet_find, what_takes_long_is_done_in_parts_and_what_was_found_before_stands_till_then)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = many_things(2 * FIND_SLICE + 100);
    const struct arrangement own = {0};
    struct find find;
    find_init(&find);
    find_follow(&find, &thing_sheet, deck, &own, all);
    list_select(&find.list, "t77");
    filter_by(deck, "~^t[0-9]*7$");
    int parts = 0;
    for (; parts == 0 || find_works(&find) == WORK_ASKED; parts++) {
        cr_expect_eq(list_size(&find.list), (int)all->len);
        find_follow(&find, &thing_sheet, deck, &own, all);
    }
    cr_expect_eq(parts, 3);
    cr_expect_eq(list_size(&find.list), 3287);
    cr_expect_str_eq(find.list.selected, "t77");
    filter_by(deck, "~^t[0-9]*8$");
    find_follow(&find, &thing_sheet, deck, &own, all);
    cr_expect_eq(find_works(&find), WORK_ASKED);
    filter_by(deck, "t777");
    find_follow(&find, &thing_sheet, deck, &own, all);
    cr_expect_eq(find_works(&find), WORK_NONE);
    expect_found(&find, "t777t7770t7771t7772t7773t7774t7775t7776t7777t7778t7779");
    find_release(&find);
}

Test(sheet_find, who_has_no_next_frame_is_given_all_that_is_found_at_once)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = many_things(2 * FIND_SLICE + 100);
    const struct arrangement own = {0};
    struct find find;
    find_init(&find);
    filter_by(deck, "~^t[0-9]*7$");
    find_whole(&find, &thing_sheet, deck, &own, all);
    cr_expect_eq(list_size(&find.list), 3287);
    find_release(&find);
}

Test(sheet_find, rows_that_stay_have_their_texts_ready_before_anybody_types)
{
    OWN(deck) deck = things_deck();
    g_autoptr(GPtrArray) all = many_things(FIND_SLICE + 1);
    const struct arrangement own = {0};
    struct sheet lasting = thing_sheet;
    lasting.lasting = true;
    struct find find;
    find_init(&find);
    for (int i = 0; i < 3; i++)
        find_follow(&find, &lasting, deck, &own, all);
    cr_expect_eq(find_works(&find), WORK_NONE);
    cr_expect_eq(hay_size(&find.hay), all->len);
    find_release(&find);
}
