#include "rollout/bakes.h"

#include "data/base/when.h"
#include "rollout/fold.h"

#include <string.h>

struct telling {
    const struct rollout *rollout;
    GPtrArray *bakes; /* struct bake * */
};

static void bake_free(gpointer data)
{
    struct bake *bake = data;
    g_free(bake->gate);
    g_free(bake->reason);
    g_free(bake);
}

/* Moves on to another word; one that was FAIL stays so. */
static void say(struct bake *bake, enum verdict verdict, const struct event *event,
                const char *gate, const char *reason)
{
    if (bake->verdict == VERDICT_FAIL)
        return;
    bake->verdict = verdict;
    bake->said_ms = verdict == VERDICT_PENDING ? 0 : event->at_ms;
    fold_set_text(&bake->gate, gate);
    fold_set_text(&bake->reason, reason);
}

static void on_gate(struct bake *bake, const struct event *event)
{
    if (g_strcmp0(event_text(event, "verdict"), verdict_name(VERDICT_FAIL)) == 0)
        say(bake, VERDICT_FAIL, event, event_text(event, "gate"), event_text(event, "reason"));
}

static void on_held(struct bake *bake, const struct event *event)
{
    say(bake, VERDICT_HOLD, event, NULL, event_text(event, "reason"));
}

static void on_released(struct bake *bake, const struct event *event)
{
    say(bake, VERDICT_PENDING, event, NULL, NULL);
}

static void on_passed(struct bake *bake, const struct event *event)
{
    say(bake, VERDICT_PASS, event, NULL, NULL);
    bake->ended_ms = event->at_ms;
}

/* A person took it, or left it. */
static void on_decided(struct bake *bake, const struct event *event)
{
    bake->ended_ms = event->at_ms;
}

static void on_back(struct bake *bake, const struct event *event)
{
    if (bake->verdict == VERDICT_PENDING)
        say(bake, VERDICT_PENDING, event, NULL, event_text(event, "cause"));
    bake->ended_ms = event->at_ms;
}

static const struct {
    const char *type;
    void (*tell)(struct bake *bake, const struct event *event);
} tellings[] = {
    {"gate", on_gate},           {"cell.held", on_held},        {"cell.released", on_released},
    {"cell.passed", on_passed},  {"cell.accepted", on_decided}, {"cell.skipped", on_decided},
    {"rollback.intent", on_back}};

/* The one of this cell that is not over. */
static struct bake *open_bake(const GPtrArray *bakes, const char *cell)
{
    for (guint i = bakes->len; cell && i-- > 0;) {
        struct bake *bake = g_ptr_array_index(bakes, i);
        if (!bake->ended_ms && strcmp(bake->cell->plan->id, cell) == 0)
            return bake;
    }
    return NULL;
}

static void begin(struct telling *telling, const struct event *event)
{
    const struct rollout_cell *cell = rollout_cell(telling->rollout, event_text(event, "cell"));
    const char *at = event_text(event, "deployed_at");
    if (!cell)
        return;
    struct bake *bake = g_new0(struct bake, 1);
    *bake = (struct bake){.cell = cell,
                          .deployed_at_ms = event->at_ms,
                          .bake_ms = rollout_bake_ms(telling->rollout, cell->wave)};
    if (at)
        when_parse(at, &bake->deployed_at_ms);
    g_ptr_array_add(telling->bakes, bake);
}

static void tell(struct telling *telling, const struct event *event)
{
    struct bake *bake = open_bake(telling->bakes, event_text(event, "cell"));
    for (size_t i = 0; bake && i < G_N_ELEMENTS(tellings); i++)
        if (strcmp(event->type, tellings[i].type) == 0)
            tellings[i].tell(bake, event);
    if (strcmp(event->type, "deploy.seen") == 0)
        begin(telling, event);
}

GPtrArray *bakes_of(const struct rollout *rollout, const GPtrArray *events)
{
    struct telling telling = {rollout, g_ptr_array_new_with_free_func(bake_free)};
    for (guint i = 0; i < events->len; i++)
        tell(&telling, g_ptr_array_index(events, i));
    return telling.bakes;
}

gint64 bakes_control_until_ms(const GPtrArray *events, const char *cell, gint64 at_ms)
{
    bool runs_it = false;
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = g_ptr_array_index(events, i);
        bool intent = strcmp(event->type, "deploy.intent") == 0;
        if (g_strcmp0(event_text(event, "cell"), cell) != 0)
            continue;
        if (event->at_ms > at_ms && intent && !runs_it)
            return event->at_ms;
        if (event->at_ms > at_ms && runs_it)
            return 0;
        runs_it = intent || (runs_it && strcmp(event->type, "rollback.done") != 0);
    }
    return runs_it ? 0 : G_MAXINT64;
}
