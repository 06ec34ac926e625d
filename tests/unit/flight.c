#include "tests/unit/flight_world.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *dns_name(const char *cell, char *into, gsize size)
{
    g_snprintf(into, size, "%s.example.com", cell);
    return into;
}

static void add_target(struct failover_plan *plan, const char *cell)
{
    struct planned_target *target = failover_plan_add_target(plan);
    char name[64];
    target->cell = g_strdup(cell);
    target->dns_name = g_strdup(dns_name(cell, name, sizeof name));
    target->version = g_strdup("5.0.3");
    target->users_max = 9000;
}

struct failover_plan *flight_plan(enum failover_kind kind, guint n)
{
    struct failover_plan *plan = failover_plan_new(kind, "cell-1");
    add_target(plan, "cell-2");
    add_target(plan, "cell-3");
    plan->dns = true;
    plan->ttl_s = 60;
    for (guint i = 0; i < n; i++) {
        struct planned_tenant *tenant = failover_plan_add_tenant(plan);
        tenant->id = g_strdup_printf("t-%u", i);
        tenant->from = g_strdup("cell-1");
        tenant->to = g_strdup(i % 2 ? "cell-3" : "cell-2");
        tenant->region_from = g_strdup("us-east-1");
        tenant->region_to = g_strdup("us-west-2");
        tenant->status = g_strdup("ACTIVE");
        tenant->updated_at = g_strdup("2026-01-01T00:00:00Z");
        tenant->record = g_strdup_printf("t-%u.example.com", i);
        tenant->users = 100;
    }
    return plan;
}

static void settle_in(struct flight_tenant *tenant, const char *cell)
{
    g_strlcpy(tenant->cell, cell, sizeof tenant->cell);
    g_strlcpy(tenant->status, "ACTIVE", sizeof tenant->status);
    g_strlcpy(tenant->stamp, "2026-01-01T00:00:00Z", sizeof tenant->stamp);
    dns_name(cell, tenant->record, sizeof tenant->record);
    tenant->ttl_s = 300;
}

struct flight *flight_new(struct failover_plan *plan)
{
    struct flight *flight = g_new0(struct flight, 1);
    flight->failover = failover_new("f1");
    flight->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    flight->now_ms = 1800000000000;
    flight->n = plan->tenants->len;
    for (guint i = 0; i < flight->n; i++)
        settle_in(&flight->tenants[i], plan->source);
    failover_plan_seal(plan);
    json_t *data =
        json_pack("{s:s, s:s, s:s, s:o}", "kind", failover_kind_name(plan->kind), "subject",
                  plan->source, "state", "planned", "plan", failover_plan_json(plan));
    failover_plan_free(plan);
    cr_assert(flight_append(flight, "alice@h", "opened", data));
    return flight;
}

struct flight *flight_of(guint n)
{
    return flight_new(flight_plan(FAILOVER_FAILOVER, n));
}

void flight_free(struct flight *flight)
{
    failover_free(flight->failover);
    g_ptr_array_unref(flight->events);
    g_free(flight);
}

struct flight *flight_held(guint n, guint batches)
{
    struct flight *flight = flight_of(n);
    flight_run_until(flight, "verified", batches);
    flight->dns_code = "throttled";
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    return flight;
}

bool flight_append(struct flight *flight, const char *actor, const char *type, json_t *data)
{
    struct event *event = g_new0(struct event, 1);
    *event = (struct event){.stream = g_strdup("f1"),
                            .seq = flight->failover->seq + 1,
                            .at_ms = flight->now_ms,
                            .actor = g_strdup(actor),
                            .type = g_strdup(type),
                            .data = data};
    event->hash = g_strdup_printf("hash-%" G_GINT64_FORMAT, event->seq);
    if (!failover_apply(flight->failover, event, NULL)) {
        event_free(event);
        return false;
    }
    g_ptr_array_add(flight->events, event);
    return true;
}

void flight_wish(struct flight *flight, const char *what)
{
    g_autofree char *refusal = failover_refuses(flight->failover, what);
    cr_assert_null(refusal, "%s", refusal);
    cr_assert(
        flight_append(flight, "bob@h", what, failover_wish(flight->failover, what, NULL, NULL)));
}

void flight_resume_without(struct flight *flight, const char *ack)
{
    cr_assert(flight_append(flight, "bob@h", "resume",
                            failover_wish(flight->failover, "resume", NULL, ack)));
}

bool flight_step(struct flight *flight)
{
    flight_call(flight);
    struct failover_decision decision = flight_decide(flight);
    if (!decision.type)
        return false;
    cr_assert(flight_append(flight, "conductor@h", decision.type, decision.data), "%s",
              decision.type);
    return true;
}

static bool rests(const struct flight *flight)
{
    return failover_state_final(flight->failover->state) ||
           flight->failover->state == FAILOVER_HELD;
}

void flight_run(struct flight *flight, int minutes)
{
    gint64 until_ms = flight->now_ms + minutes * WHEN_MINUTE;
    while (flight->now_ms < until_ms && !rests(flight))
        if (!flight_step(flight))
            flight->now_ms += 10 * WHEN_SECOND;
}

void flight_run_until(struct flight *flight, const char *type, guint times)
{
    for (int i = 0; i < 1000 && flight_count(flight, type) < times; i++)
        if (!flight_step(flight))
            flight->now_ms += 10 * WHEN_SECOND;
    cr_assert_eq(flight_count(flight, type), times, "%s", type);
}

void flight_crash(struct flight *flight)
{
    GError *error = NULL;
    failover_free(flight->failover);
    flight->failover = failover_fold("f1", flight->events, &error);
    cr_assert_not_null(flight->failover, "%s", error ? error->message : "");
    flight->called_seq = 0;
}

guint flight_count(const struct flight *flight, const char *type)
{
    guint n = 0;
    for (guint i = 0; i < flight->events->len; i++)
        n += strcmp(((struct event *)g_ptr_array_index(flight->events, i))->type, type) == 0;
    return n;
}

const struct event *flight_last(const struct flight *flight, const char *type)
{
    for (guint i = flight->events->len; i > 0; i--) {
        const struct event *event = g_ptr_array_index(flight->events, i - 1);
        if (strcmp(event->type, type) == 0)
            return event;
    }
    return NULL;
}

guint flight_in(const struct flight *flight, const char *cell)
{
    guint n = 0;
    for (guint i = 0; i < flight->n; i++)
        n += strcmp(flight->tenants[i].cell, cell) == 0 &&
             strcmp(flight->tenants[i].status, "ACTIVE") == 0;
    return n;
}

guint flight_led_to(const struct flight *flight, const char *cell)
{
    guint n = 0;
    char name[64];
    dns_name(cell, name, sizeof name);
    for (guint i = 0; i < flight->n; i++)
        n += strcmp(flight->tenants[i].record, name) == 0;
    return n;
}

bool flight_is_as_before(const struct flight *flight)
{
    bool same = true;
    for (guint i = 0; i < flight->n; i++) {
        const struct flight_tenant *tenant = &flight->tenants[i];
        same = same && strcmp(tenant->cell, "cell-1") == 0 &&
               strcmp(tenant->status, "ACTIVE") == 0 &&
               strcmp(tenant->record, "cell-1.example.com") == 0 && tenant->ttl_s == 300;
    }
    return same;
}
