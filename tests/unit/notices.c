/* What the console says to people: at the bottom of the screen, and kept. */
#include "tui/views/notices.h"

#include "data/base/when.h"

#include <criterion/criterion.h>
#include <string.h>

#define LONG_REFUSAL                                                                               \
    "can't approve: root asked for this rollout, and wave enterprise wants somebody else to "      \
    "approve it; ask a colleague to press a here, or to run `celldeck rollout approve r17`"

static char *bottom_of(const struct notices *notices, int rows, int cols)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    notices_draw(notices, canvas);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

Test(notices, a_long_one_is_broken_and_read_whole)
{
    struct notices notices;
    notices_init(&notices);
    notices_say(&notices, ROLE_WARN, LONG_REFUSAL, true);
    g_autofree char *screen = bottom_of(&notices, 9, 80);
    cr_expect(strstr(screen, "\n\n\n\n\n\n can't approve: root") != NULL, "%s", screen);
    cr_expect(g_str_has_suffix(screen, "\n   rollout approve r17`\n"), "%s", screen);
    notices_release(&notices);
}

Test(notices, where_three_lines_are_too_few_it_says_where_all_of_it_stands)
{
    struct notices notices;
    notices_init(&notices);
    notices_say(&notices, ROLE_WARN, LONG_REFUSAL, true);
    g_autofree char *screen = bottom_of(&notices, 10, 40);
    cr_expect(g_str_has_prefix(screen, "\n\n\n\n\n\n\n can't approve"), "%s", screen);
    cr_expect(strstr(screen, "… :messages") != NULL, "%s", screen);
    notices_release(&notices);
}

Test(notices, a_word_that_no_line_has_room_for_goes_on_in_the_next)
{
    struct notices notices;
    notices_init(&notices);
    notices_say(&notices, ROLE_WARN,
                "arn:aws:sts::123456789012:assumed-role/release-manager is you", true);
    g_autofree char *screen = bottom_of(&notices, 9, 40);
    cr_expect(strstr(screen, "assumed-role") && strstr(screen, "release-manager is you"), "%s",
              screen);
    notices_release(&notices);
}

Test(notices, good_news_goes_after_a_while_and_trouble_stays_until_a_key)
{
    struct notices notices;
    notices_init(&notices);
    notices_say(&notices, ROLE_GOOD, "5.0.3 is started as r1", true);
    gint64 later_ms = when_mono_ms() + NOTICE_MS;
    cr_expect_not(notices_fade(&notices, later_ms - NOTICE_MS));
    cr_expect_str_eq(notices.shown, "5.0.3 is started as r1");
    cr_expect(notices_fade(&notices, later_ms));
    cr_expect_null(notices.shown);
    notices_say(&notices, ROLE_BAD, "5.0.3 was not started", true);
    cr_expect_not(notices_fade(&notices, later_ms * 2));
    notices_dismiss(&notices);
    cr_expect_null(notices.shown);
    cr_expect_eq(notices.messages->len, 2);
    notices_release(&notices);
}

Test(notices, the_last_are_kept_with_their_time_and_answers_to_wrong_keys_are_not)
{
    struct notices notices;
    notices_init(&notices);
    gint64 before_ms = when_now_ms();
    for (int i = 0; i < NOTICES_KEPT + 5; i++) {
        g_autofree char *text = g_strdup_printf("message %d", i);
        notices_say(&notices, ROLE_NORMAL, text, true);
        notices_say(&notices, ROLE_DIM, "x does nothing here", false);
    }
    cr_expect_eq(notices.messages->len, NOTICES_KEPT);
    const struct message *oldest = g_ptr_array_index(notices.messages, 0);
    cr_expect_str_eq(oldest->text, "message 5");
    cr_expect_geq(oldest->at_ms, before_ms);
    notices_release(&notices);
}
