/* The command that gives a screen as JSON: which it is, and that a shell takes it as it was meant.
 */
#include "tui/shell/as_json.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct as_json_from from = {"celldeck", "/etc/celldeck/celldeck.yaml", NULL};

static void expect(enum view_id view, const char *subject, bool filtered,
                   const struct as_json_from *begun, const char *command, const char *note)
{
    struct as_json answer = as_json(view, subject, filtered, begun);
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
    for (int view = 0; view < VIEW_COUNT; view++) {
        struct as_json answer = as_json((enum view_id)view, "x", false, &from);
        cr_expect(answer.command || answer.note, "%d", view);
        as_json_clear(&answer);
    }
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
        struct as_json answer = as_json(VIEW_TENANT, ids[i], false, &odd);
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
