/* Who lives in the source: before the first thing is done nobody whom the plan does not have, and
 * whoever is there at the end is told (failover.h). */
#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/failover_fold.h"
#include "rollout/failover_steps.h"

#include <string.h>

/* Kept on record, and told in a line. */
enum { KEPT_MOST = 20, TOLD_MOST = 5 };

enum failover_count failover_counts(const struct failover *failover)
{
    bool asked = failover->plan && failover->plan->kind != FAILOVER_MOVE && !failover->reverting &&
                 !failover_state_final(failover->state) && !FAULT_SWITCH(STRANGERS_IGNORED);
    if (!asked)
        return COUNT_NOBODY;
    if (!failover->begun)
        return failover->state == FAILOVER_HELD ? COUNT_NOBODY : COUNT_BEFORE;
    bool idle = failover->intent.act == ACT_NONE;
    return idle && failover_is_done(failover) ? COUNT_AFTER : COUNT_NOBODY;
}

static GPtrArray *strangers(const struct failover *failover, const GPtrArray *residents)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; residents && i < residents->len; i++)
        if (!failover_tenant(failover, residents->pdata[i]))
            g_ptr_array_add(found, residents->pdata[i]);
    return found;
}

gint64 failover_strangers(const struct failover *failover, const struct failover_observation *seen)
{
    if (failover_counts(failover) != COUNT_BEFORE)
        return 0;
    g_autoptr(GPtrArray) found = strangers(failover, seen->residents);
    return found->len;
}

bool failover_has_everybody(const struct failover *failover,
                            const struct failover_observation *seen)
{
    return failover_counts(failover) != COUNT_BEFORE ||
           (seen->residents && failover_strangers(failover, seen) == 0);
}

char *failover_unread_words(const struct failover *failover,
                            const struct failover_observation *seen)
{
    return g_strdup_printf("who lives in %s now is not known: %s", failover->plan->source,
                           seen->residents_why ? seen->residents_why
                                               : "the registry has not been read since");
}

static char **first_of(const GPtrArray *ids)
{
    guint n = MIN(ids->len, KEPT_MOST);
    char **first = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        first[i] = g_strdup(ids->pdata[i]);
    return first;
}

struct failover_behind failover_behind_of(const struct failover *failover,
                                          const struct failover_observation *seen)
{
    if (failover_counts(failover) == COUNT_NOBODY)
        return (struct failover_behind){-1, g_new0(char *, 1), NULL};
    if (!seen->residents)
        return (struct failover_behind){-1, g_new0(char *, 1),
                                        failover_unread_words(failover, seen)};
    bool all = failover->begun && !failover_is_drill(failover);
    g_autoptr(GPtrArray) new = strangers(failover, seen->residents);
    const GPtrArray *who = all ? seen->residents : new;
    return (struct failover_behind){who->len, first_of(who), NULL};
}

void failover_behind_clear(struct failover_behind *behind)
{
    g_strfreev(behind->first);
    g_free(behind->why);
}

/* "a, b, c and 4 more" */
static char *names(const struct failover_behind *behind)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gint64 told = 0;
    for (; behind->first[told] && told < TOLD_MOST; told++)
        g_string_append_printf(text, "%s%s", told ? ", " : "", behind->first[told]);
    if (told < behind->n)
        g_string_append_printf(text, " and %" G_GINT64_FORMAT " more", behind->n - told);
    return g_strdup(text->str);
}

char *failover_strangers_words(const struct failover *failover,
                               const struct failover_behind *behind)
{
    g_autofree char *who = names(behind);
    g_autofree char *all = text_counted(behind->n, "tenant");
    return g_strdup_printf("%s came to %s after the plan was made: %s", all, failover->plan->source,
                           who);
}

char *failover_behind_text(const struct failover *failover, const struct failover_behind *behind)
{
    if (behind->n <= 0)
        return g_strdup(behind->why);
    if (failover_is_drill(failover) || !failover->begun)
        return failover_strangers_words(failover, behind);
    g_autofree char *who = names(behind);
    g_autofree char *all = text_counted(behind->n, "tenant");
    return g_strdup_printf("%s still %s in %s: %s", all, behind->n == 1 ? "lives" : "live",
                           failover->plan->source, who);
}

char *failover_behind_words(const struct failover *failover)
{
    return failover->plan ? failover_behind_text(failover, &failover->behind) : NULL;
}

bool failover_leaves_some(const struct failover *failover)
{
    bool alone = failover->plan && failover_progress(failover).alone > 0;
    return failover_state_final(failover->state) &&
           (alone || failover->behind.n > 0 || failover->behind.why);
}

static bool moved_all_it_was_to(const struct failover *failover)
{
    return failover->plan && !failover_is_drill(failover) &&
           failover->state == FAILOVER_COMPLETED && !failover_leaves_some(failover);
}

/* Each of those that it left by name is among `moved`; of others nobody knows that. */
static bool are_all_among(const struct failover *failover, GHashTable *moved)
{
    const struct failover_behind *behind = &failover->behind;
    if (behind->why || behind->n > (gint64)g_strv_length(behind->first))
        return false;
    for (char **id = behind->first; *id; id++)
        if (!g_hash_table_contains(moved, *id))
            return false;
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        if (tenant_is_left(tenant) && !g_hash_table_contains(moved, tenant->plan->id))
            return false;
    }
    return true;
}

bool failover_was_seen_to(const GPtrArray *newest_first, guint place)
{
    const struct failover *failover = g_ptr_array_index(newest_first, place);
    g_autoptr(GHashTable) moved = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; failover->plan && i < place; i++) {
        const struct failover *later = g_ptr_array_index(newest_first, i);
        if (!moved_all_it_was_to(later))
            continue;
        if (later->plan->kind == FAILOVER_FAILOVER &&
            strcmp(later->plan->source, failover->plan->source) == 0)
            return true;
        for (guint k = 0; k < later->tenants->len; k++)
            g_hash_table_add(moved, failover_tenant_at(later, k)->plan->id);
    }
    return failover->plan && are_all_among(failover, moved);
}

void failover_behind_add(json_t *data, const struct failover_behind *behind)
{
    json_t *first = json_array();
    for (char **id = behind->first; *id; id++)
        json_array_append_new(first, text_json(*id));
    json_object_set_new(data, "behind", behind->n < 0 ? json_null() : json_integer(behind->n));
    json_object_set_new(data, "behind_first", first);
    json_object_set_new(data, "behind_why", text_json(behind->why));
}

void failover_fold_behind(struct failover *failover, const struct event *event)
{
    const json_t *n = json_object_get(event->data, "behind");
    g_autoptr(GStrvBuilder) first = g_strv_builder_new();
    size_t i;
    json_t *id;
    failover->behind.n = json_is_integer(n) ? json_integer_value(n) : -1;
    json_array_foreach (json_object_get(event->data, "behind_first"), i, id)
        if (json_is_string(id))
            g_strv_builder_add(first, json_string_value(id));
    g_strfreev(failover->behind.first);
    failover->behind.first = g_strv_builder_end(first);
    fold_set_text(&failover->behind.why, event_text(event, "behind_why"));
}
