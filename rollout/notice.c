#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/notify.h"

#include <string.h>

enum { SUBJECT_MAX = 100, MESSAGE_MAX = 262144 };

static char *summary(const struct notice *notice, const char *fleet)
{
    return g_strdup_printf("celldeck %s: %s %s of %s %s%s", fleet, notice->kind, notice->operation,
                           notice->subject, notice->words ? notice->words : "is ",
                           notice->words ? "" : notice->state);
}

/* SNS refuses a subject with anything but printable ASCII. */
char *notice_sns_subject(const struct notice *notice, const char *fleet)
{
    g_autofree char *words = summary(notice, fleet);
    GString *subject = g_string_new(NULL);
    g_autofree char *valid = text_utf8(words, -1);
    for (const char *at = valid; *at && subject->len < SUBJECT_MAX; at = g_utf8_next_char(at))
        g_string_append_c(subject, g_ascii_isprint(*at) ? *at : '?');
    return g_string_free(subject, FALSE);
}

char *notice_sns_message(const struct notice *notice, const char *fleet)
{
    g_autofree char *words = summary(notice, fleet);
    g_autofree char *at = when_rfc3339(notice->at_ms);
    g_autofree char *end = g_strdup_printf("\nasked for by: %s\nat: %s\njournal head: %s\n",
                                           notice->actor ? notice->actor : "unknown", at,
                                           notice->head_hash ? notice->head_hash : "unknown");
    g_autofree char *body = g_strconcat(words, "\n\n", notice->reason ? notice->reason : "", NULL);
    g_autofree char *valid = text_utf8(body, -1), *valid_end = text_utf8(end, -1);
    gsize room = MESSAGE_MAX - MIN(strlen(valid_end), MESSAGE_MAX);
    if (strlen(valid) > room) {
        /* Not in the middle of a character. */
        char *cut = g_utf8_find_prev_char(valid, valid + room + 1);
        *cut = '\0';
    }
    return g_strconcat(valid, valid_end, NULL);
}

json_t *notice_json(const struct notice *notice, const char *fleet)
{
    g_autofree char *at = when_rfc3339(notice->at_ms);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "schema",
                     "celldeck.notice/1", "fleet", text_json(fleet), "operation",
                     text_json(notice->operation), "kind", text_json(notice->kind), "subject",
                     text_json(notice->subject), "state", text_json(notice->state), "reason",
                     text_json(notice->reason), "actor", text_json(notice->actor), "at", at,
                     "head_hash", text_json(notice->head_hash));
}
