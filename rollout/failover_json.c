/* A failover for people and programs: `failover status --json` (product.md), and its next step in a
 * line. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_steps.h"

static json_t *moment_or_null(gint64 at_ms)
{
    return at_ms ? failover_moment(at_ms) : json_null();
}

static json_t *tenant_json(const struct failover *failover, const struct failover_tenant *tenant)
{
    const struct planned_tenant *plan = tenant->plan;
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:i, s:I, s:o, s:o}", "id",
                     text_json(plan->id), "from", text_json(plan->from), "to", text_json(plan->to),
                     "step", tenant_step_name(tenant->step), "since",
                     moment_or_null(tenant->since_ms), "why", text_json(tenant->why), "batch",
                     (int)tenant->batch + 1, "users", (json_int_t)plan->users, "record",
                     text_json(plan->record), "took_ms",
                     tenant->verified_ms ? json_integer(tenant->verified_ms - failover->opened_ms)
                                         : json_null());
}

json_t *failover_records_by_hand(const struct failover *failover)
{
    json_t *records = json_array();
    const struct failover_plan *plan = failover->plan;
    bool none = !plan || plan->kind == FAILOVER_DRILL;
    for (guint i = 0; !none && i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        const struct planned_target *target = failover_plan_target(plan, tenant->plan->to);
        bool there = tenant->item == ITEM_PLACED && !tenant->item_left;
        const char *name =
            plan->dns || !tenant->plan->record ? tenant->plan->shared_record : tenant->plan->record;
        if (!name || !target || !there)
            continue;
        json_array_append_new(
            records, json_pack("{s:o, s:o, s:o, s:I}", "tenant", text_json(tenant->plan->id),
                               "name", text_json(name), "cname", text_json(target->dns_name),
                               "ttl_s", (json_int_t)plan->ttl_s));
    }
    return records;
}

static const char *const phase_words[] = {
    [PHASE_MARK] = "mark",         [PHASE_COPY] = "data",     [PHASE_READ] = "read",
    [PHASE_CHANGE] = "switch",     [PHASE_INSYNC] = "insync", [PHASE_PLACE] = "place",
    [PHASE_GIVE_BACK] = "restore", [PHASE_VERIFY] = "verify", [PHASE_DONE] = "done",
};

static json_t *batch_json(const struct failover *failover, guint place)
{
    const struct failover_batch *batch = failover_batch_at(failover, place);
    json_t *changes = json_array();
    for (guint i = 0; i < batch->changes->len; i++)
        json_array_append_new(changes, text_json(g_ptr_array_index(batch->changes, i)));
    return json_pack("{s:i, s:i, s:s, s:o}", "batch", (int)batch->number, "tenants", (int)batch->n,
                     "next", phase_words[batch_phase(failover, place)], "changes", changes);
}

static json_t *delay_json(const struct failover *failover)
{
    if (failover->delay.act == ACT_NONE)
        return json_null();
    return json_pack("{s:s, s:o}", "code", failover_code_name(failover->delay.code), "why",
                     text_json(failover->delay.why));
}

static json_t *progress_json(const struct failover *failover)
{
    struct failover_progress progress = failover_progress(failover);
    return json_pack("{s:i, s:i, s:i, s:i}", "done", (int)progress.done, "left", (int)progress.left,
                     "alone", (int)progress.alone, "total", (int)progress.total);
}

static json_t *texts_json(char *const *texts)
{
    json_t *array = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(array, text_json(*texts));
    return array;
}

static json_t *command_json(const char *what, const struct failover_command *command)
{
    return json_pack("{s:s, s:o, s:b, s:b, s:o}", "command", what, "cell",
                     text_json(command->target ? command->target->cell : NULL), "done",
                     command->done, "acknowledged", command->acked, "error",
                     text_json(command->error));
}

static json_t *commands_json(const struct failover *failover)
{
    json_t *commands = json_array();
    if (failover_fences(failover))
        json_array_append_new(commands, command_json("fence", &failover->fence));
    for (guint i = 0; i < failover->promotes->len; i++)
        json_array_append_new(
            commands, command_json("promote",
                                   &g_array_index(failover->promotes, struct failover_command, i)));
    return commands;
}

/* Who lives in the source at its end: null where that was not asked. */
static json_t *behind_json(const struct failover *failover)
{
    const struct failover_behind *behind = &failover->behind;
    if (behind->n < 0 && !behind->why)
        return json_null();
    return json_pack("{s:o, s:o, s:o}", "tenants",
                     behind->n < 0 ? json_null() : json_integer(behind->n), "first",
                     texts_json(behind->first), "why", text_json(behind->why));
}

/* As a rollout's are told. */
static json_t *troubles_json(const struct failover *failover)
{
    json_t *troubles = json_array();
    g_autofree char *since = when_rfc3339(failover->keys_end_since_ms);
    if (failover->keys_end)
        json_array_append_new(troubles,
                              json_pack("{s:s, s:s, s:o}", "trouble", "credentials", "since", since,
                                        "reason", text_json(failover->keys_end)));
    return troubles;
}

/* What is in its plan; of one that was refused before there was one, nothing. */
static void add_plan(json_t *json, const struct failover *failover)
{
    const struct failover_plan *plan = failover->plan;
    json_object_set_new(json, "plan_hash", text_json(plan ? plan->hash : NULL));
    json_object_set_new(json, "acks", texts_json(plan ? plan->acks : NULL));
    json_object_set_new(json, "dns", json_boolean(plan && plan->dns));
    json_object_set_new(json, "records_by_hand", failover_records_by_hand(failover));
    json_object_set_new(json, "rto_ms",
                        plan && plan->rto_ms ? json_integer(plan->rto_ms) : json_null());
}

json_t *failover_json(const struct failover *failover, gint64 now_ms)
{
    g_autofree char *next = failover_next(failover);
    json_t *tenants = json_array(), *batches = json_array();
    for (guint i = 0; i < failover->tenants->len; i++)
        json_array_append_new(tenants, tenant_json(failover, failover_tenant_at(failover, i)));
    for (guint i = 0; i < failover->batches->len; i++)
        json_array_append_new(batches, batch_json(failover, i));
    const char *code = failover_code_name(failover->code);
    json_t *json = json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:I, s:o, s:I}",
        "id", failover->id, "kind", text_json(failover->kind), "cell", text_json(failover->cell),
        "state", failover_state_name(failover->state), "reason", text_json(failover->state_reason),
        "code", text_json(code), "reverting", failover->reverting, "requested_by",
        text_json(failover->requested_by), "why", text_json(failover->reason), "ticket",
        text_json(failover->ticket), "refusals", texts_json(failover->refusals), "started_at",
        moment_or_null(failover->opened_ms), "ended_at", moment_or_null(failover->ended_ms),
        "commands", commands_json(failover), "tenants", tenants, "batches", batches, "progress",
        progress_json(failover), "took_ms", (json_int_t)failover_took_ms(failover, now_ms), "next",
        text_json(next), "events", (json_int_t)failover->seq);
    json_object_set_new(json, "delayed", delay_json(failover));
    json_object_set_new(json, "behind", behind_json(failover));
    json_object_set_new(json, "troubles", troubles_json(failover));
    add_plan(json, failover);
    return json;
}

static char *batch_words(const struct failover *failover, guint place)
{
    g_autofree char *tenants = text_counted(failover_batch_at(failover, place)->n, "tenant");
    return g_strdup_printf("batch %u of %u (%s)", place + 1, failover->batches->len, tenants);
}

static char *registry_words(const struct failover *failover, const char *batch)
{
    switch (failover->intent.step) {
    case REGISTRY_MARK:
        return g_strdup_printf(failover_is_drill(failover) ? "reads %s in the registry"
                                                           : "marks %s MIGRATING in the registry",
                               batch);
    case REGISTRY_PLACE:
        return g_strdup_printf("gives %s its new cell in the registry", batch);
    default:
        return g_strdup_printf("puts %s back in the registry as it was", batch);
    }
}

static char *call_words(const struct failover *failover)
{
    const struct failover_intent *intent = &failover->intent;
    g_autofree char *batch = batch_words(failover, intent->batch);
    switch (intent->act) {
    case ACT_FENCE:
        return g_strdup_printf("fences %s", failover->plan->source);
    case ACT_PROMOTE:
        return g_strdup_printf("promotes %s", intent->cell);
    case ACT_DATA:
        return g_strdup_printf(
            "moves the data of %s",
            ((const struct failover_tenant *)g_ptr_array_index(intent->tenants, 0))->plan->id);
    case ACT_REGISTRY:
        return registry_words(failover, batch);
    default:
        return g_strdup_printf(
            intent->back ? "puts the records of %s back" : "changes the records of %s", batch);
    }
}

/* What the first batch that is not done comes to. */
static char *phase_text(const struct failover *failover)
{
    static const struct {
        const char *before, *after;
    } words[] = {
        [PHASE_MARK] = {"begins with ", ""},
        [PHASE_COPY] = {"moves the data of ", ""},
        [PHASE_READ] = {"reads the records of ", ""},
        [PHASE_CHANGE] = {"changes the records of ", ""},
        [PHASE_INSYNC] = {"waits until Route 53 has ", " everywhere"},
        [PHASE_PLACE] = {"gives ", " its new cell in the registry"},
        [PHASE_GIVE_BACK] = {"puts ", " back in the registry as it was"},
        [PHASE_VERIFY] = {"verifies ", ""},
    };
    for (guint i = 0; i < failover->batches->len; i++) {
        guint place = batch_in_turn(failover, i);
        enum phase phase = batch_phase(failover, place);
        g_autofree char *batch = batch_words(failover, place);
        if (phase == PHASE_DONE)
            continue;
        return g_strconcat(words[phase].before, batch, words[phase].after, NULL);
    }
    if (failover_counts(failover) == COUNT_AFTER)
        return g_strdup_printf("looks who lives in %s by now, and ends", failover->plan->source);
    return g_strdup("ends: nothing is left to do");
}

const char *failover_cause(const struct failover *failover)
{
    if (failover->state != FAILOVER_HELD)
        return NULL;
    return failover->held_cause ? failover->held_cause : failover->state_reason;
}

char *failover_next(const struct failover *failover)
{
    if (failover_state_final(failover->state))
        return g_strdup("nothing: it is over");
    if (failover->state == FAILOVER_HELD)
        return g_strdup_printf("nothing until a human acts: %s",
                               failover->state_reason ? failover->state_reason : "held");
    if (failover->state == FAILOVER_PLANNED)
        return g_strdup_printf("checks once more%s, and begins with %s",
                               failover_is_drill(failover) ? "" : ", locks the cells",
                               failover->plan->source);
    return failover->intent.act != ACT_NONE ? call_words(failover) : phase_text(failover);
}

static const char *const delays[FAILOVER_CODES] = {
    [FAILOVER_REGISTRY_AWAY] = "the registry takes no write",
    [FAILOVER_DNS_THROTTLED] = "throttled",
    [FAILOVER_DNS_AWAY] = "Route 53 takes no change", /* no answer, 5xx, keys that have ended */
};

static const char *done_word(const struct failover *failover)
{
    return failover->reverting ? "back" : failover_is_drill(failover) ? "checked" : "done";
}

/* Of its end; failover_behind_words names them. Where nothing was done everybody is still there. */
static void add_behind(GString *text, const struct failover *failover)
{
    const struct failover_behind *behind = &failover->behind;
    bool moved_nobody = failover_is_drill(failover) || !failover->begun;
    if (behind->n > 0)
        g_string_append_printf(text, ", %" G_GINT64_FORMAT " %s", behind->n,
                               moved_nobody ? "not of its plan" : "still there");
    else if (behind->why)
        g_string_append(text, ", who is left there is not known");
}

static char *words(const struct failover *failover, const char *delay)
{
    struct failover_progress progress = failover_progress(failover);
    g_autofree char *all = text_counted(progress.total, "tenant");
    if (progress.total == 0)
        return g_strdup(failover->reverting ? "no tenant had been touched" : "no tenant to move");
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%u of %s %s", progress.done, all, done_word(failover));
    if (delay)
        g_string_append_printf(text, "; %s, retrying", delay);
    if (delay || progress.left)
        g_string_append_printf(text, ", %u left", progress.left);
    if (progress.alone)
        g_string_append_printf(text, ", %u left alone", progress.alone);
    add_behind(text, failover);
    return g_strdup(text->str);
}

char *failover_done_words(const struct failover *failover)
{
    return words(failover, NULL);
}

char *failover_progress_words(const struct failover *failover)
{
    return words(failover, delays[failover->delay.code]);
}
