/* `celldeck failover status`: of a failover, a move or a drill. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/failover_request.h"
#include "tui/commands/failover.h"
#include "tui/commands/follow.h"

static enum out_role step_role(const struct failover_tenant *tenant)
{
    switch (tenant->step) {
    case TENANT_LEFT:
        return OUT_BAD;
    case TENANT_VERIFIED:
    case TENANT_CHECKED:
    case TENANT_BACK:
        return OUT_GOOD;
    case TENANT_PLANNED:
        return OUT_DIM;
    default:
        return OUT_PLAIN;
    }
}

static void print_tenants(const struct context *context, const struct failover *failover)
{
    static const struct out_column columns[] = {{"TENANT", false}, {"BATCH", true}, {"FROM", false},
                                                {"TO", false},     {"STEP", false}, {"USERS", true},
                                                {"", false}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        g_autofree char *batch = g_strdup_printf("%u", tenant->batch + 1);
        g_autofree char *users = text_count(tenant->plan->users);
        out_table_row(table, step_role(tenant),
                      (const char *[]){tenant->plan->id, batch, tenant->plan->from,
                                       tenant->plan->to, tenant_step_name(tenant->step), users,
                                       tenant->why ? tenant->why : ""});
    }
    if (failover->tenants->len)
        out_table_print(table, context->style);
}

/* What celldeck was asked to leave to people: as a zone file has it. */
static void print_records_by_hand(const struct context *context, const struct failover *failover)
{
    OWN_JSON records = failover_records_by_hand(failover);
    size_t i;
    json_t *record;
    if (json_array_size(records) > 0)
        out_line(context->style, OUT_WARN, "Records that you have to change:");
    json_array_foreach (records, i, record)
        out_line(context->style, OUT_PLAIN, "  %s. %" JSON_INTEGER_FORMAT " IN CNAME %s.",
                 json_string_value(json_object_get(record, "name")),
                 json_integer_value(json_object_get(record, "ttl_s")),
                 json_string_value(json_object_get(record, "cname")));
}

char *failover_time_words(const struct failover *failover)
{
    bool restores = failover->plan->kind != FAILOVER_DRILL && !failover->reverting;
    g_autofree char *took = duration_short(failover_took_ms(failover, when_now_ms()));
    g_autofree char *rto = duration_short(failover->plan->rto_ms);
    return restores && failover->plan->rto_ms ? g_strdup_printf("%s (failover.rto %s)", took, rto)
                                              : g_steal_pointer(&took);
}

static void print_progress(const struct context *context, const struct failover *failover)
{
    if (!failover->plan)
        return;
    bool warns = failover_progress(failover).alone || failover->delay.act != ACT_NONE;
    g_autofree char *progress = failover_progress_words(failover);
    g_autofree char *took = failover_time_words(failover);
    out_line(context->style, warns ? OUT_WARN : OUT_PLAIN, "%s; %s", progress, took);
    g_autofree char *behind = failover_behind_words(failover);
    if (behind)
        out_line(context->style, OUT_WARN, "%s", behind);
    if (behind && failover->plan->kind == FAILOVER_FAILOVER)
        out_line(context->style, OUT_PLAIN, "  celldeck failover plan %s", failover->cell);
}

/* A held one has two ways on, and both are somebody's decision; so is what can be done while the
 * zone does not answer. */
static void print_ways_on(const struct context *context, const struct failover *failover)
{
    static const char *const ways[] = {"resume", "revert"};
    for (size_t i = 0; failover->state == FAILOVER_HELD && i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *why_not = failover_refuses(failover, ways[i]);
        if (!why_not)
            out_line(context->style, OUT_PLAIN, "  celldeck failover %s %s", ways[i], failover->id);
    }
    if (failover->state == FAILOVER_HELD && failover->code == FAILOVER_DNS_AWAY &&
        !failover->reverting)
        out_line(context->style, OUT_PLAIN,
                 "  without the zone: revert it, then begin anew with --without-dns");
}

static void print_done_without(const struct context *context, const struct failover *failover)
{
    g_autoptr(GPtrArray) all = failover_done_without(failover);
    for (guint i = 0; i < all->len; i++) {
        const struct failover_command *command = all->pdata[i];
        g_autofree char *words = failover_without_words(failover, command);
        out_line(context->style, OUT_WARN, "%s went on %s (%s)", command->acked_by, words,
                 command->error);
    }
}

static void print_failover(const struct context *context, const struct failover *failover)
{
    g_autofree char *since = when_rfc3339(failover->opened_ms / WHEN_SECOND * WHEN_SECOND);
    g_autofree char *acks = failover->plan ? g_strjoinv(", ", failover->plan->acks) : NULL;
    out_line(context->style, OUT_BOLD, "%s  %s of %s  %s%s%s", failover->id, failover->kind,
             failover_subject(failover), failover_state_name(failover->state),
             failover->state_reason ? ": " : "",
             failover->state_reason ? failover->state_reason : "");
    out_line(context->style, OUT_PLAIN, "asked for by %s at %s: %s%s%s%s", failover->requested_by,
             since, failover->reason ? failover->reason : "no reason given",
             failover->ticket ? " (" : "", failover->ticket ? failover->ticket : "",
             failover->ticket ? ")" : "");
    if (acks && *acks)
        out_line(context->style, OUT_WARN, "acknowledged as not proven: %s", acks);
    print_done_without(context, failover);
    for (char **why = failover->refusals; *why; why++)
        out_line(context->style, OUT_BAD, "refused: %s", *why);
    print_tenants(context, failover);
    print_progress(context, failover);
    print_records_by_hand(context, failover);
    if (failover->keys_end && !failover_state_final(failover->state))
        out_line(context->style, OUT_BAD, "CREDENTIALS: %s", failover->keys_end);
    if (failover_state_final(failover->state))
        return;
    g_autofree char *next = failover_next(failover);
    out_line(context->style, OUT_PLAIN, "Next: %s", next);
    print_ways_on(context, failover);
}

static void print_status(const struct context *context, const struct failover *failover)
{
    if (context->json) {
        out_json("failover.status", failover_json(failover, when_now_ms()));
        return;
    }
    print_failover(context, failover);
    g_autofree char *behind = journal_trouble(context->journal);
    struct follow_watchdog watchdog = {0};
    if (!failover_state_final(failover->state) && !behind)
        follow_check_conductor(&watchdog, context->journal, failover->id, failover->opened_ms);
}

const GOptionEntry failover_status_options[] = {{"wait", 0, 0, G_OPTION_ARG_NONE,
                                                 FAILOVER_OPTION(wait),
                                                 "Until it has ended, or is held", NULL},
                                                {0}};

enum failover_state failover_wanted(const struct failover *failover)
{
    return failover->reverting ? FAILOVER_REVERTED : FAILOVER_COMPLETED;
}

/* How it stands now, and with --wait, the exit code of what it came to. */
int failover_status_run(struct context *context, GError **error)
{
    OWN(failover) failover = failover_require(context->journal, context->args[0], error);
    int code = 0;
    if (failover && failover_options(context)->wait && failover->plan) {
        code = failover_follow(context, failover->id, failover_wanted(failover), failover->seq + 1,
                               error);
        failover_free(failover);
        failover =
            error && *error ? NULL : failover_require(context->journal, context->args[0], error);
    }
    if (!failover)
        return CD_ERROR_FAILED;
    print_status(context, failover);
    return code;
}
