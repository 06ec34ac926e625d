#include "rollout/conduct.h"

#include <string.h>

/* Final, or held for a human (rollout.md: "stops and notifies"). */
static bool is_worth_telling(const struct event *event)
{
    const char *state = json_string_value(json_object_get(event->data, "state"));
    return json_is_true(json_object_get(event->data, "final")) ||
           strcmp(event->type, "cell.held") == 0 ||
           (strcmp(event->type, "rollback.failed") == 0 &&
            json_integer_value(json_object_get(event->data, "attempt")) > 1) ||
           (state && strcmp(state, rollout_state_name(ROLLOUT_HELD)) == 0);
}

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
    const struct rollout *rollout = conduct->rollout;
    g_autofree char *head = journal_head_hash(conduct->world->journal, NULL);
    const struct notice notice = {
        .operation = conduct->id,
        .kind = "rollout",
        .subject = rollout->plan->version,
        .state = state,
        .words = words,
        .reason = reason,
        .actor = rollout->requested_by,
        .at_ms = at_ms,
        .head_hash = head,
    };
    notifier_send(conduct->world->notifier, &notice);
}

void conduct_notify(const struct conduct *conduct, const struct event *event)
{
    if (!is_worth_telling(event))
        return;
    g_autofree char *reason = reason_of(event);
    const char *state = strcmp(event->type, "cell.held") == 0 ? rollout_state_name(ROLLOUT_HELD)
                        : strcmp(event->type, "rollback.failed") == 0
                            ? cell_state_name(CELL_ROLLBACK_FAILED)
                            : rollout_state_name(conduct->rollout->state);
    conduct_tell(conduct, state, NULL, reason, event->at_ms);
}
