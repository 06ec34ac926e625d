/* The language of `/`. */
#include "tui/views/filter.h"

#include <criterion/criterion.h>
#include <string.h>

static bool takes(const char *text)
{
    const struct field fields[] = {{"cell", "cell-2-us-west"}, {"state", "healthy"}, {"x", NULL}};
    struct filter *filter = filter_parse(text);
    bool taken = filter_takes(filter, fields, G_N_ELEMENTS(fields));
    filter_free(filter);
    return taken;
}

Test(filter, words_must_be_there_and_excluded_ones_must_not)
{
    static const char *const yes[] = {"",        "  ",         "us-west",    "CELL-2",
                                      "cell:us", "st:healthy", "!eu",        "us !stale",
                                      "!x:any",  "!",          "nocolumn:us"};
    static const char *const no[] = {"eu", "cell:healthy", "!us", "us eu", "x:any"};
    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
        cr_expect(takes(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++)
        cr_expect_not(takes(no[i]), "%s", no[i]);
}

Test(filter, expressions_and_letters_in_order_go_with_columns_and_not)
{
    static const char *const yes[] = {
        "~^cell-[0-9]-us", "/WEST$/",     "state:~^heal", "?cl2uw",
        "?HLTHY",          "!~^us-west",  "!?zz",         "st:?hy",
        "cell:/2.*t$/",    "~(?!x)west$", "~\\Acell",     "!state:~west"};
    static const char *const no[] = {"~^west", "/^us/", "state:~west", "?2lc",
                                     "st:?cl", "~y.c",  "~\\Awest",    "!~west"};
    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
        cr_expect(takes(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++)
        cr_expect_not(takes(no[i]), "%s", no[i]);
}

static void expect_wrong(const char *text, const char *part)
{
    static const char *const columns[] = {"cell", "state", "users", NULL};
    struct filter *filter = filter_parse(text);
    g_autofree char *wrong = filter_wrong(filter, columns);
    filter_free(filter);
    if (part)
        cr_expect(wrong && strstr(wrong, part), "%s: %s", text, wrong);
    else
        cr_expect_null(wrong, "%s: %s", text, wrong);
}

Test(filter, what_can_not_be_understood_is_said_and_takes_no_row_away)
{
    expect_wrong("west stat:x user:", NULL);
    expect_wrong("~[a-z]+ a\\:b", NULL);
    expect_wrong("stade:x", "no column stade here; did you mean state:?");
    expect_wrong("!quite:x", "there are cell, state, users");
    expect_wrong("~cell-[", "~cell-[ is no expression: missing");
    cr_expect(takes("~cell-[ west"));
    cr_expect_not(takes("~cell-[ east"));
    cr_expect(takes("!~cell-["));
}

Test(filter, a_colon_can_be_a_mere_colon)
{
    const struct field field = {"name", "urn:x"};
    struct filter *filter = filter_parse("urn\\:x");
    cr_expect(filter_takes(filter, &field, 1));
    filter_free(filter);
}

Test(filter, typed_on_it_narrows_only_where_that_is_sure)
{
    static const struct {
        const char *shorter, *longer;
        bool narrows;
    } cases[] = {{"", "!a", true},           {"we", "west", true},  {"we", "wa", false},
                 {"!w", "!we", false},       {"!w ", "!w e", true}, {"cell", "cell:1", false},
                 {"ce:1", "ce:12", true},    {"~a", "~a|b", false}, {"?ab", "?abc", true},
                 {"we ~a", "we ~ab", false}, {"west", "we", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(filter_narrows(cases[i].shorter, cases[i].longer), cases[i].narrows,
                     "%s -> %s", cases[i].shorter, cases[i].longer);
}
