/* What keeps the conductor from its work, as a rollout's own journal has it. */
#include "rollout/story.h"
#include "tests/unit/toy.h"

#include <criterion/criterion.h>

static void note(struct toy *toy, const char *trouble, const char *reason, bool over)
{
    cr_assert(toy_append(
        toy, "conductor", "note",
        json_pack("{s:s, s:s, s:b}", "trouble", trouble, "reason", reason, "over", over)));
}

static const struct rollout_trouble *blindness(const struct toy *toy)
{
    return &toy->rollout->troubles[TROUBLE_BLIND];
}

Test(troubles, stand_from_their_first_note_until_they_are_over)
{
    OWN(toy) toy = toy_new(NULL);
    gint64 since_ms = toy->now_ms;
    note(toy, "blind", "metrics us-east-1", false);
    toy->now_ms += WHEN_MINUTE;
    note(toy, "blind", "metrics us-east-1, alarms us-east-1", false);
    cr_expect_str_eq(blindness(toy)->reason, "metrics us-east-1, alarms us-east-1");
    cr_expect_eq(blindness(toy)->since_ms, since_ms);
    cr_expect_null(toy->rollout->troubles[TROUBLE_CREDENTIALS].reason);
    note(toy, "blind", "it reads them again", true);
    cr_expect_null(blindness(toy)->reason);
}

Test(troubles, outlive_the_conductor_that_noted_them)
{
    OWN(toy) toy = toy_new(NULL);
    note(toy, "credentials", "profile ops", false);
    toy_crash(toy);
    cr_expect_str_eq(toy->rollout->troubles[TROUBLE_CREDENTIALS].reason, "profile ops");
}

Test(troubles, of_a_later_version_and_notes_of_something_else_change_nothing)
{
    OWN(toy) toy = toy_new(NULL);
    note(toy, "weather", "it rains", false);
    cr_assert(toy_append(toy, "conductor", "note", json_pack("{s:s}", "reason", "a note")));
    for (size_t i = 0; i < TROUBLE_COUNT; i++)
        cr_expect_null(toy->rollout->troubles[i].reason);
}

Test(troubles, are_in_the_status_for_programs)
{
    OWN(toy) toy = toy_new(NULL);
    note(toy, "blind", "metrics us-east-1", false);
    OWN_JSON json = rollout_json(toy->rollout, NULL, toy->now_ms);
    const json_t *first = json_array_get(json_object_get(json, "troubles"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(first, "trouble")), "blind");
    cr_expect_str_eq(json_string_value(json_object_get(first, "reason")), "metrics us-east-1");
    cr_expect(json_is_false(json_object_get(json, "attended")));
}

Test(troubles, that_are_over_are_good_news)
{
    OWN_JSON data = json_pack("{s:s, s:b}", "trouble", "blind", "over", true);
    const struct event event = {.type = (char *)"note", .data = data};
    cr_expect_eq(story_tone(&event), STORY_GOOD);
}
