#include "rollout/story.h"

#include <criterion/criterion.h>
#include <string.h>

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

Test(story, lists_of_a_failover_are_counted_and_who_is_left_alone_is_named)
{
    g_autofree char *intent =
        tell("registry.intent", json_pack("{s:i, s:b, s:s, s:[s,s]}", "batch", 2, "back", 0, "step",
                                          "mark", "tenants", "t-1", "t-2"));
    g_autofree char *done =
        tell("registry.done", json_pack("{s:i, s:b, s:s, s:[s], s:[{s:s, s:s}]}", "batch", 2,
                                        "back", 1, "step", "mark", "tenants", "t-1", "left",
                                        "tenant", "t-2", "why", "it is in cell-9"));
    cr_expect_str_eq(intent, "batch 2: mark 2 tenants in the registry");
    cr_expect_str_eq(done, "batch 2, going back, mark: 1 tenant done: 1 left alone: t-2 (it is in "
                           "cell-9)");
}

Test(story, every_event_of_a_failover_has_a_sentence_of_its_own)
{
    static const char *const types[] = {
        "fence.intent",   "fence.done",  "fence.failed", "promote.intent", "promote.done",
        "promote.failed", "data.intent", "data.done",    "data.failed",    "registry.intent",
        "registry.done",  "dns.read",    "dns.intent",   "dns.called",     "dns.failed",
        "dns.insync",     "verified",    "tenant.left",  "revert",         "evacuated",
        "delayed"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *told = tell(types[i], json_pack("{s:s}", "marker", "xyzzy"));
        cr_expect_null(strstr(told, "xyzzy"), "%s", told);
    }
}

Test(story, a_drill_is_not_told_as_if_it_had_marked_somebody)
{
    char drill[] = "d1", intent[] = "registry.intent", done[] = "registry.done", who[] = "c@h";
    OWN_JSON data = json_pack("{s:i, s:s, s:[s,s], s:[]}", "batch", 2, "step", "mark", "tenants",
                              "t-1", "t-2", "left");
    const struct event looks = {.stream = drill, .type = intent, .actor = who, .data = data};
    const struct event looked = {.stream = drill, .type = done, .actor = who, .data = data};
    g_autofree char *first = story_sentence(&looks);
    g_autofree char *then = story_sentence(&looked);
    cr_expect_str_eq(first, "batch 2: look 2 tenants up in the registry");
    cr_expect_str_eq(then, "batch 2: 2 tenants as planned");
}

Test(story, a_refused_start_says_why)
{
    g_autofree char *told = tell("opened", json_pack("{s:s, s:s, s:s, s:[s,s]}", "kind", "failover",
                                                     "subject", "cell-1", "state", "refused",
                                                     "refusals", "120 %, over by 2,000", "no lag"));
    cr_expect_str_eq(told, "alice asks for failover cell-1; REFUSED: 120 %, over by 2,000, no lag");
}

Test(story, an_observed_failover_is_told_by_what_was_seen_and_by_nobodys_name)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "kind", "observed", "subject", "a → b",
                             "state", "observed", "reason", "2 tenants went from a to b");
    g_autofree char *told = tell("opened", data);
    cr_expect_str_eq(told, "2 tenants went from a to b");
}

Test(story, a_refusal_that_names_its_tenant_names_it_once)
{
    json_t *data = json_pack("{s:s, s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}]}", "kind", "failover",
                             "subject", "cell-1", "state", "refused", "refusals", "tenant", "t-1",
                             "why", "t-1 fits nowhere: no EU cell", "tenant", "t-2", "why", "gone");
    g_autofree char *told = tell("opened", data);
    cr_expect_str_eq(told, "alice asks for failover cell-1; REFUSED: t-1 fits nowhere: no EU cell, "
                           "t-2 (gone)");
}

Test(story, a_failover_that_leaves_somebody_is_not_told_as_if_all_were_well)
{
    static const struct {
        const char *data;
        enum story_tone tone;
    } ends[] = {
        {"{\"state\": \"completed\", \"alone\": 0, \"behind\": 0, \"behind_why\": null}",
         STORY_GOOD},
        {"{\"state\": \"completed\", \"alone\": 1, \"behind\": 0}", STORY_WARN},
        {"{\"state\": \"completed\", \"alone\": 0, \"behind\": 2}", STORY_WARN},
        {"{\"state\": \"completed\", \"behind\": null, \"behind_why\": \"not read\"}", STORY_WARN},
        {"{\"state\": \"refused\", \"behind\": 1}", STORY_BAD},
    };
    char failover[] = "f1", type[] = "state", who[] = "c@h";
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        OWN_JSON data = json_loads(ends[i].data, 0, NULL);
        const struct event end = {.stream = failover, .type = type, .actor = who, .data = data};
        cr_expect_eq(story_tone(&end), ends[i].tone, "%s", ends[i].data);
    }
}
