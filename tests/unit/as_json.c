/* The command that gives a screen as JSON: which it is, and that a shell takes it as it was meant.
 */
#include "tui/shell/as_json.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct as_json_from from = {"celldeck", "/etc/celldeck/celldeck.yaml", NULL};

static void expect(enum view_id view, const char *subject, bool filtered,
                   const struct as_json_from *begun, const char *command, const char *note)
{
    const struct as_json_of of = {.view = view, .subject = subject, .filter = filtered ? "x" : ""};
    struct as_json answer = as_json(&of, begun);
    if (command)
        cr_expect_str_eq(answer.command, command);
    else
        cr_expect_null(answer.command);
    if (note)
        cr_expect(answer.note && strstr(answer.note, note), "%s", answer.note);
    else
        cr_expect_null(answer.note, "%s", answer.note);
    as_json_clear(&answer);
}

Test(as_json, each_screen_has_the_command_of_what_it_is_about)
{
    expect(VIEW_FLEET, NULL, false, &from, "celldeck status --json -c /etc/celldeck/celldeck.yaml",
           NULL);
    expect(VIEW_ROLLOUT, "r17", false, &from,
           "celldeck rollout status --json -c /etc/celldeck/celldeck.yaml r17", NULL);
    expect(VIEW_EVENTS, "r17", false, &from,
           "celldeck history show --json -c /etc/celldeck/celldeck.yaml r17", NULL);
    expect(VIEW_RELEASE, "5.0.3", false, &from,
           "celldeck releases --json -c /etc/celldeck/celldeck.yaml", "no command");
}

Test(as_json, where_there_is_no_command_it_is_said)
{
    expect(VIEW_ROLLOUT, NULL, false, &from, NULL, "nothing on this screen yet");
    OWN(config) config = small_fleet(NULL);
    for (int view = 0; view < VIEW_COUNT; view++) {
        const struct as_json_of of = {
            .view = (enum view_id)view, .subject = "x", .filter = "", .config = config};
        struct as_json answer = as_json(&of, &from);
        cr_expect(answer.command || answer.note, "%d", view);
        as_json_clear(&answer);
    }
}

Test(as_json, one_target_alone_is_the_option_of_the_plan)
{
    const struct as_json_of of = {
        .view = VIEW_TARGETS, .subject = "cell-1", .selected = "cell-2", .filter = ""};
    struct as_json answer = as_json(&of, &from);
    cr_expect_str_eq(answer.command, "celldeck failover plan --json -c /etc/celldeck/celldeck.yaml "
                                     "--to cell-2 cell-1");
    as_json_clear(&answer);
}

Test(as_json, what_the_screen_place_was_asked_is_asked_by_the_command)
{
    OWN(config) config = small_fleet(NULL);
    struct as_json_of of = {.view = VIEW_PLACE, .filter = "500 enterprise us", .config = config};
    struct as_json answer = as_json(&of, &from);
    cr_expect_str_eq(answer.command, "celldeck place --json -c /etc/celldeck/celldeck.yaml --users "
                                     "500 --tier ENTERPRISE --residency US");
    as_json_clear(&answer);
    of.filter = "500";
    answer = as_json(&of, &from);
    cr_expect_null(answer.command, "where its data has to stay is not said");
    cr_expect(strstr(answer.note, "users and residency"), "%s", answer.note);
    as_json_clear(&answer);
}

Test(as_json, that_a_filter_is_left_out_is_said)
{
    expect(VIEW_TENANTS, NULL, true, &from,
           "celldeck tenants --json -c /etc/celldeck/celldeck.yaml", "the filter is no part of it");
    expect(VIEW_ALARMS, NULL, true, &from, "celldeck status --json -c /etc/celldeck/celldeck.yaml",
           "cells[].alarms; the filter");
}

Test(as_json, it_can_be_pasted_whatever_its_words_are)
{
    static const char *const ids[] = {
        "a b",      "it's", "$(touch x)", "`x`", "-x",    "a\x1b[2J",        "a\nb", "\"", "a\\b",
        "\xff\x31", "漢字", "a;b|c",      "*",   "~root", "\xe2\x80\xae\x78"};
    const struct as_json_from odd = {"/opt/cell deck/celldeck", "/tmp/it's.yaml", "/var/x y"};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        const struct as_json_of of = {.view = VIEW_TENANT, .subject = ids[i], .filter = ""};
        struct as_json answer = as_json(&of, &odd);
        const char *words = strstr(answer.command, "/celldeck'") + strlen("/celldeck'");
        cr_expect(g_str_has_prefix(answer.command,
                                   "CELLDECK_STATE='/var/x y' '/opt/cell deck/celldeck' tenant "));
        for (const char *p = answer.command; *p; p++)
            cr_expect((guchar)*p >= ' ' && *p != 0x7f, "%s", answer.command);
        g_autofree char *call = g_strdup_printf("printf '<%%s>'%s", words);
        g_autofree char *out = NULL;
        char bash[] = "bash", option[] = "-c", *argv[] = {bash, option, call, NULL};
        cr_assert(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                               NULL));
        g_autofree char *expected =
            g_strdup_printf("<tenant><where><--json><-c></tmp/it's.yaml>%s<%s>",
                            *ids[i] == '-' ? "<-->" : "", ids[i]);
        cr_expect_str_eq(out, expected);
        as_json_clear(&answer);
    }
}
