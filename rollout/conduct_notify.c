/* What people are told of an operation, and when. */
#include "rollout/conduct.h"

#include "data/base/when.h"

static char *reason_of(const struct event *event)
{
    const char *cell = json_string_value(json_object_get(event->data, "cell"));
    const char *reason = json_string_value(json_object_get(event->data, "reason"));
    if (!reason)
        reason = json_string_value(json_object_get(event->data, "error"));
    return g_strdup_printf("%s%s%s", cell ? cell : "", cell && reason ? ": " : "",
                           reason ? reason : "");
}

void conduct_tell(const struct conduct *conduct, const char *state, const char *words,
                  const char *reason, gint64 at_ms)
{
    g_autofree char *head = journal_head_hash(conduct->world->journal, NULL);
    struct notice notice = {.operation = conduct->id,
                            .state = state,
                            .words = words,
                            .reason = reason,
                            .at_ms = at_ms,
                            .head_hash = head};
    conduct->kind->describe(conduct, &notice);
    notifier_send(conduct->world->notifier, &notice);
}

void conduct_notify(const struct conduct *conduct, const struct event *event)
{
    const char *state = conduct->kind->tells(conduct, event);
    g_autofree char *reason = reason_of(event);
    if (state)
        conduct_tell(conduct, state, NULL, reason, event->at_ms);
}

void conduct_miss_journal(struct conduct *conduct, bool ours)
{
    const struct holder *self = conduct->world->self;
    bool away = conduct->held && !ours;
    if (away == conduct->told_unconducted)
        return;
    conduct->told_unconducted = away;
    g_autofree char *reason =
        away ? g_strdup_printf("its conductor on %s (process %" G_GINT64_FORMAT ") can't write the "
                               "journal, so %s: %s",
                               self->host, self->pid, conduct->kind->left_undone,
                               conduct->renewal_failed ? conduct->renewal_failed : "unknown")
             : g_strdup(conduct->held ? "its conductor writes the journal again"
                                      : "another conductor has taken it over");
    conductor_log(conduct->world, away ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "%s %s: %s", conduct->id,
                  away ? "unconducted" : "conducted", reason);
    conduct_tell(conduct, away ? "unconducted" : "conducted",
                 away ? "is no longer conducted" : "is conducted again", reason, when_now_ms());
}
