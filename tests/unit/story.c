#include "rollout/story.h"

#include <criterion/criterion.h>

static char *tell(const char *type, json_t *data)
{
    const struct event event = {
        .type = (char *)(gpointer)type, .actor = (char *)"alice", .data = data};
    char *sentence = story_sentence(&event);
    json_decref(data);
    return sentence;
}

Test(story, a_gates_event_says_verdict_and_reason)
{
    g_autofree char *told =
        tell("gate", json_pack("{s:s, s:s, s:s, s:s}", "cell", "cell-2", "gate", "limits",
                               "verdict", "FAIL", "reason", "error rate 7.1 % (limit 5 %)"));
    cr_expect_str_eq(told, "gate limits FAIL: error rate 7.1 % (limit 5 %)");
}

Test(story, a_part_whose_value_is_missing_is_left_out_whole)
{
    g_autofree char *with = tell("pause", json_pack("{s:s}", "reason", "lunch"));
    g_autofree char *without = tell("pause", json_object());
    cr_expect_str_eq(with, "alice pauses: lunch");
    cr_expect_str_eq(without, "alice pauses");
}

Test(story, what_only_programs_read_is_left_out_and_lists_are_joined)
{
    g_autofree char *called = tell(
        "deploy.called", json_pack("{s:s, s:s}", "cell", "cell-2", "reference",
                                   "{\"api\":\"arn:aws:ecs:us-east-1:1:task-definition/a:2\"}"));
    g_autofree char *asked = tell("rollback", json_pack("{s:[s,s]}", "cells", "cell-1", "cell-2"));
    cr_expect_str_eq(called, "deploy taken");
    cr_expect_str_eq(asked, "alice asks to roll back cell-1, cell-2");
}

Test(story, an_event_of_an_unknown_type_is_told_by_its_data)
{
    g_autofree char *told = tell("new.thing", json_pack("{s:i}", "n", 3));
    cr_expect_str_eq(told, "new.thing {\"n\":3}");
}
