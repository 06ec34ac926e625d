/* The journal is away (rollout.md, "No journal, no action"): a cell that fails is rolled back all
 * the same, which its deploy intent has authorised, and written down when the journal is back. */
#include "rollout/rollout_conduct.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <string.h>

/* Only what leads to, and through, the one rollback that a cell's deploy intent has authorised. */
bool unrecorded_may(const struct decision *decision)
{
    static const char *const types[] = {"deploy.failed", "rollback.called", "rollback.done",
                                        "rollback.failed", NULL};
    const char *verdict = json_string_value(json_object_get(decision->data, "verdict"));
    if (strcmp(decision->type, "gate") == 0)
        return g_strcmp0(verdict, verdict_name(VERDICT_FAIL)) == 0;
    if (strcmp(decision->type, "rollback.intent") == 0)
        return cell_is_in_flight(decision->cell) && decision->cell->rollback_attempt == 0;
    return g_strv_contains(types, decision->type);
}

bool unrecorded_go_on(struct rolling *rolling, const struct decision *decision, const char *id,
                      const GError *error)
{
    conduct_complain(&rolling->base, decision->type, error);
    if (!unrecorded_may(decision) || !conduct_within_grace(&rolling->base, when_boot_ms()))
        return false;
    struct event *event = g_new0(struct event, 1);
    event->stream = g_strdup(rolling->base.id);
    event->seq = rolling->rollout->seq + 1;
    event->id = g_strdup(id);
    event->at_ms = when_now_ms();
    event->actor = g_strdup(rolling->base.world->actor);
    event->type = g_strdup(decision->type);
    event->data = json_incref(decision->data);
    conductor_log(rolling->base.world, LOG_LEVEL_ERROR,
                  "%s: the journal is away; what follows is done all the same and NOT YET RECORDED",
                  rolling->base.id);
    g_queue_push_tail(&rolling->base.unrecorded, event);
    bool applied = conduct_apply(&rolling->base, event);
    conduct_notify(&rolling->base, event);
    return applied;
}

/* As it happened, at the end of what others have appended meanwhile. What has no sense there any
 * more is kept as a note; so is all of it where another conductor has taken over since, for whom
 * our events would be somebody else's. */
static bool record_late(struct rolling *rolling, struct rollout *fresh, struct event *event,
                        GError **error)
{
    event->seq = fresh->seq + 1;
    if (!rolling->base.held || !rollout_apply(fresh, event, NULL)) {
        json_t *note = json_pack("{s:s, s:O}", "done_unrecorded", event->type, "data", event->data);
        json_decref(event->data);
        event->data = note;
        g_free(event->type);
        event->type = g_strdup("note");
        if (!rollout_apply(fresh, event, error))
            return false;
    }
    return journal_append(rolling->base.world->journal, rolling->base.id, event->seq, event->id,
                          event->at_ms, event->actor, event->type, event->data, NULL, error);
}

/* An append to a shared journal that was thought to have failed may have got there. */
static bool is_recorded(const struct rolling *rolling, const struct event *event)
{
    g_autoptr(GPtrArray) since =
        journal_read(rolling->base.world->journal, rolling->base.id, event->seq, NULL);
    for (guint i = 0; since && i < since->len; i++)
        if (strcmp(((const struct event *)since->pdata[i])->id, event->id) == 0)
            return true;
    return false;
}

bool unrecorded_flush(struct rolling *rolling)
{
    g_autoptr(GError) error = NULL;
    while (rolling->base.unrecorded.length) {
        struct event *event = g_queue_peek_head(&rolling->base.unrecorded);
        OWN(rollout) fresh = rollout_load(rolling->base.world->journal, rolling->base.id, &error);
        if (!fresh || (!is_recorded(rolling, event) && !record_late(rolling, fresh, event, &error)))
            return false;
        event_free(g_queue_pop_head(&rolling->base.unrecorded));
        if (rolling->base.unrecorded.length || !rolling->base.held)
            continue;
        conductor_log(rolling->base.world, LOG_LEVEL_WARN,
                      "%s: the journal is back, all is recorded", rolling->base.id);
        if (!conduct_load(&rolling->base, &error)) {
            conduct_give_up(&rolling->base, error);
            return false;
        }
    }
    return true;
}
