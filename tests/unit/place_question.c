/* What people ask of `place`, in words of any order. */
#include "tui/views/place_question.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

Test(place_question, words_say_themselves_what_they_are)
{
    OWN(config) config = small_fleet(NULL);
    static const char *const ways[] = {"500 enterprise US us-east-1", "us-east-1 us 500 ENTERPRISE",
                                       "  Enterprise  500 us US-EAST-1 "};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        struct place_question question = place_question_parse(config, ways[i]);
        cr_expect_eq(question.ask.users, 500, "%s", ways[i]);
        cr_expect_eq(question.ask.tier, TIER_ENTERPRISE, "%s", ways[i]);
        cr_expect_str_eq(question.ask.residency, "US");
        cr_expect_str_eq(question.ask.region, "us-east-1");
        cr_expect_null(question.wrong);
        place_question_clear(&question);
    }
}

Test(place_question, what_is_not_said_is_left_open_and_a_tenant_is_standard)
{
    OWN(config) config = small_fleet(NULL);
    struct place_question question = place_question_parse(config, "4,000");
    cr_expect_eq(question.ask.users, 4000);
    cr_expect_eq(question.ask.tier, TIER_STANDARD);
    cr_expect_null(question.ask.residency);
    cr_expect_null(question.ask.region);
    place_question_clear(&question);
}

Test(place_question, a_word_that_is_none_is_named)
{
    OWN(config) config = small_fleet(NULL);
    static const char *const words[] = {"Mars", "0", "-5", "99999999999999999999", "5.5"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        struct place_question question = place_question_parse(config, words[i]);
        cr_expect(question.wrong && strstr(question.wrong, words[i]), "%s", words[i]);
        cr_expect_eq(question.ask.users, 0);
        place_question_clear(&question);
    }
}
