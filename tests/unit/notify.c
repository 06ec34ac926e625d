#include "rollout/notify.h"

#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct notice failed = {.operation = "r17",
                                     .kind = "rollout",
                                     .subject = "5.0.3",
                                     .state = "failed",
                                     .reason = "limits FAIL on cell-2",
                                     .actor = "alice@10.0.0.7",
                                     .at_ms = 1764206159000,
                                     .head_hash = HEAD};

static void keep_problem(const char *line, gpointer data)
{
    g_ptr_array_add(data, g_strdup(line));
}

/* Sends `failed` by the command `script` and waits until nothing is under way. The problems. */
static GPtrArray *send_by(const char *script)
{
    g_autofree char *more = g_strdup_printf("notify: {command: [sh, -c, '%s']}\n", script);
    struct config *config = small_fleet(more);
    GPtrArray *problems = g_ptr_array_new_with_free_func(g_free);
    OWN(notifier) notifier = notifier_new(config, NULL, keep_problem, problems);
    config_unref(config);
    notifier_send(notifier, &failed);
    while (notifier_busy(notifier))
        g_main_context_iteration(NULL, TRUE);
    return problems;
}

Test(notify, the_command_gets_the_notice_on_stdin_and_in_its_environment)
{
    char *dir = scratch_new();
    g_autofree char *file = g_build_filename(dir, "told", NULL);
    g_autofree char *script =
        g_strdup_printf("{ echo $OPERATION $STATE $SUBJECT; cat; } >%s; echo noise", file);
    g_autoptr(GPtrArray) problems = send_by(script);
    cr_expect_eq(problems->len, 0);
    g_autofree char *told = NULL;
    cr_assert(g_file_get_contents(file, &told, NULL, NULL));
    cr_assert(g_str_has_prefix(told, "r17 failed 5.0.3\n"), "%s", told);
    OWN_JSON json = json_loads(strchr(told, '\n'), 0, NULL);
    cr_assert(json != NULL, "%s", told);
    cr_expect_str_eq(json_string_value(json_object_get(json, "schema")), "celldeck.notice/1");
    cr_expect_str_eq(json_string_value(json_object_get(json, "fleet")), "small");
    cr_expect_str_eq(json_string_value(json_object_get(json, "reason")), failed.reason);
    cr_expect_str_eq(json_string_value(json_object_get(json, "head_hash")), HEAD);
    scratch_remove(dir);
}

Test(notify, a_command_that_fails_or_is_not_there_is_a_line_for_the_log)
{
    g_autoptr(GPtrArray) problems = send_by("echo mail server away >&2; exit 1");
    cr_assert_eq(problems->len, 1);
    const char *line = g_ptr_array_index(problems, 0);
    cr_expect(g_str_has_prefix(line, "r17: "), "%s", line);
    cr_expect(strstr(line, "mail server away"), "%s", line);
}

Test(notify, what_is_under_way_ends_with_the_notifier)
{
    struct config *config = small_fleet("notify: {command: [sleep, '600']}\n");
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    struct notifier *notifier = notifier_new(config, NULL, keep_problem, problems);
    notifier_send(notifier, &failed);
    cr_expect(notifier_busy(notifier));
    notifier_free(notifier);
    config_unref(config);
    cr_expect_eq(problems->len, 0);
}

Test(notify, an_sns_subject_is_one_line_of_ascii_of_100_characters_at_most)
{
    g_autofree char *subject = notice_sns_subject(&failed, "medplum-prod");
    cr_expect_str_eq(subject, "celldeck medplum-prod: rollout r17 of 5.0.3 is failed");
    g_autofree char *many = g_strnfill(200, 'x');
    g_autofree char *fleet = g_strconcat("Zürich\n\xff", many, NULL);
    g_autofree char *odd = notice_sns_subject(&failed, fleet);
    cr_expect_eq(strlen(odd), 100);
    for (const char *at = odd; *at; at++)
        cr_expect(g_ascii_isprint(*at));
    cr_expect(g_str_has_prefix(odd, "celldeck Z?rich??x"), "%s", odd);
}

Test(notify, an_sns_message_keeps_the_head_hash_however_long_the_reason)
{
    GString *reason = g_string_new("x");
    for (int i = 0; i < 100000; i++)
        g_string_append(reason, "東");
    struct notice notice = failed;
    notice.reason = reason->str;
    g_autofree char *message = notice_sns_message(&notice, "medplum-prod");
    cr_expect_leq(strlen(message), 262144);
    cr_expect_gt(strlen(message), 262144 - 4);
    cr_expect(g_utf8_validate(message, -1, NULL));
    cr_expect(g_str_has_suffix(message, "\njournal head: " HEAD "\n"));
    cr_expect(g_str_has_prefix(message, "celldeck medplum-prod: rollout r17 of 5.0.3 is failed\n"));
    g_string_free(reason, TRUE);
}
