/* What is typed line by line: what a key does to the line, and what a line means. */
#include "tests/unit/small_fleet.h"
#include "tui/linear/ear.h"
#include "tui/linear/word.h"

#include <criterion/criterion.h>
#include <string.h>

/* What the last key means; everything that was echoed is added to `echo`. */
static enum heard hear(struct ear *ear, const char *bytes, GString *echo)
{
    enum heard heard = HEARD_NOTHING;
    for (; *bytes; bytes++)
        heard = ear_hear(ear, (guchar)*bytes, echo);
    return heard;
}

Test(ear, a_line_is_echoed_and_what_is_erased_goes_letter_by_letter)
{
    struct ear ear;
    g_autoptr(GString) echo = g_string_new(NULL);
    ear_init(&ear, false);
    cr_expect_eq(hear(&ear, "flow\x7f\x7f", echo), HEARD_NOTHING);
    cr_expect_str_eq(echo->str, "flow\b \b\b \b");
    cr_expect_eq(hear(&ear, "eet\r", echo), HEARD_LINE);
    cr_expect_str_eq(ear.text->str, "fleet");
    cr_expect_eq(hear(&ear, "\n", echo), HEARD_NOTHING, "the LF belongs to the CR before it");
    ear_begin(&ear, NULL);
    cr_expect_eq(hear(&ear, "漢\b", echo), HEARD_NOTHING);
    cr_expect(g_str_has_suffix(echo->str, "漢\b \b\b \b"), "a wide letter takes two columns");
    hear(&ear, "cell one two\x17", echo);
    cr_expect_str_eq(ear.text->str, "cell one ");
    hear(&ear, "\x15", echo);
    cr_expect_str_eq(ear.text->str, "");
    ear_release(&ear);
}

Test(ear, keys_and_bytes_that_are_no_text_leave_the_line_alone)
{
    struct ear ear;
    g_autoptr(GString) echo = g_string_new(NULL);
    ear_init(&ear, false);
    hear(&ear,
         "a\x1b[A\x1bOP\x1b[1;5C"
         "b\x01\xff\xc3z\xe2\x80\xae",
         echo);
    cr_expect_str_eq(ear.text->str, "abz", "%s", ear.text->str);
    cr_expect_str_eq(echo->str, "abz");
    cr_expect_eq(hear(&ear, "\x04", echo), HEARD_NOTHING, "Ctrl-D leaves from an empty line only");
    cr_expect_eq(hear(&ear, "\x03", echo), HEARD_CANCEL);
    ear_begin(&ear, NULL);
    cr_expect_eq(hear(&ear, "\x04", echo), HEARD_LEAVE);
    ear_release(&ear);
}

Test(ear, a_line_has_an_end)
{
    struct ear ear;
    g_autoptr(GString) echo = g_string_new(NULL);
    ear_init(&ear, false);
    for (int i = 0; i < 5 * EAR_MOST; i++)
        ear_hear(&ear, 'x', echo);
    cr_expect_eq(ear.text->len, EAR_MOST);
    ear_release(&ear);
}

static struct word parsed(const struct deck *deck, const char *line)
{
    struct word word;
    g_autoptr(GError) error = NULL;
    cr_assert(word_parse(deck, line, &word, &error), "%s: %s", line, error ? error->message : "");
    return word;
}

Test(word, takes_what_the_command_line_takes_numbers_and_acts)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct word word = parsed(deck, ":cell cell-1");
    cr_expect(word.kind == WORD_OPEN && word.view == VIEW_CELL);
    word_clear(&word);
    word = parsed(deck, "12");
    cr_expect(word.kind == WORD_ITEM && word.number == 12);
    word_clear(&word);
    word = parsed(deck, "/state:stale");
    cr_expect(word.kind == WORD_FILTER);
    cr_expect_str_eq(word.filter, "state:stale");
    word_clear(&word);
    word = parsed(deck, "retry cell-1");
    cr_expect(word.kind == WORD_ACT && word.request == REQUEST_RETRY);
    cr_expect_str_eq(word.cell, "cell-1");
    word_clear(&word);
    word = parsed(deck, "resume");
    cr_expect(word.kind == WORD_ACT && word.request == REQUEST_PAUSE);
    cr_expect_str_eq(word.act, "resume");
    word_clear(&word);
}

Test(word, what_is_no_word_is_answered_with_the_nearest_and_an_act_needs_ids_that_exist)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    static const char *const cases[][2] = {
        {"aprove", "did you mean approve?"},
        {"fleat", "did you mean :fleet"},
        {"skip cell-77", "there is no cell and no rollout cell-77; nothing was done"},
        {"mouse off", "mouse is for the full screen"},
        {"dump", "dump is for the full screen"},
        {"skip cell-1 cell-dev", "cell-1 or cell-dev? Nothing was done"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct word word;
        g_autoptr(GError) error = NULL;
        cr_expect_not(word_parse(deck, cases[i][0], &word, &error));
        cr_expect(error && strstr(error->message, cases[i][1]), "%s: %s", cases[i][0],
                  error ? error->message : "");
        word_clear(&word);
    }
}
