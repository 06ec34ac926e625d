/* The fold: what each event makes of a rollout. One table says in which states of its cell an
 * event may come; anything else breaks the order and is refused. Events of people are kept in any
 * case: they may have raced with what made them pointless, and then change nothing. */
#include "rollout/fold.h"
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "data/base/when.h"
#include "rollout/gate_news.h"
#include "rollout/state.h"

#include <string.h>

#define IN(state) (1u << (state))
#define ANYWHERE  (~0u)

const char *event_text(const struct event *event, const char *key)
{
    return json_string_value(json_object_get(event->data, key));
}

void fold_set_text(char **place, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*place);
    *place = copy;
}

bool fold_broken(GError **error, const struct event *event, const char *why)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "%s: event %" G_GINT64_FORMAT " (%s) can't follow those before it: %s; "
                "`celldeck history verify` tells whether the journal is whole",
                event->stream, event->seq, event->type, why);
    return false;
}

static void add_cells(struct rollout *rollout, size_t wave)
{
    const struct plan_wave *plan = rollout_wave(rollout, wave);
    for (guint i = 0; i < plan->cells->len; i++) {
        struct rollout_cell *cell = g_new0(struct rollout_cell, 1);
        cell->plan = g_ptr_array_index(plan->cells, i);
        cell->wave = wave;
        cell->state_since_ms = rollout->opened_ms;
        g_ptr_array_add(rollout->cells, cell);
    }
}

static bool opened(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                   GError **error)
{
    (void)cell;
    g_autoptr(GError) why = NULL;
    if (rollout->plan)
        return fold_broken(error, event, "it is open already");
    struct plan *plan = plan_from_json(json_object_get(event->data, "plan"), &why);
    if (!plan)
        return fold_broken(error, event, why->message);
    rollout->plan = plan;
    rollout->opened_ms = event->at_ms;
    rollout->state = ROLLOUT_PLANNED;
    fold_set_text(&rollout->requested_by, event->actor);
    fold_set_text(&rollout->requester_arn, event_text(event, "arn"));
    fold_set_text(&rollout->reason, event_text(event, "reason"));
    fold_set_text(&rollout->ticket, event_text(event, "ticket"));
    rollout->attended = json_is_true(json_object_get(event->data, "attended"));
    fold_set_text(&rollout->credentials, event_text(event, "credentials"));
    const json_t *override = json_object_get(event->data, "override");
    for (guint i = 0; i < plan->waves->len; i++)
        add_cells(rollout, i);
    for (guint i = 0; json_is_object(override) && i < plan->waves->len; i++) {
        gint64 bake_ms = json_integer_value(json_object_get(override, "bake_ms"));
        g_autofree char *refusal = rollout_refuses_override(rollout, i, bake_ms);
        if (!refusal)
            fold_add_override(rollout, event, i, override);
    }
    return true;
}

static bool state_changed(struct rollout *rollout, struct rollout_cell *cell,
                          const struct event *event, GError **error)
{
    (void)rollout, (void)cell;
    return event_text(event, "state") || fold_broken(error, event, "it names no state");
}

static bool wave_started(struct rollout *rollout, struct rollout_cell *cell,
                         const struct event *event, GError **error)
{
    (void)cell;
    size_t next = rollout->wave_started ? rollout->wave + 1 : rollout->wave;
    if (next >= rollout->plan->waves->len ||
        g_strcmp0(event_text(event, "wave"), rollout_wave(rollout, next)->name) != 0)
        return fold_broken(error, event, "that wave is not the next one");
    if (rollout->wave_started && !waves_ended(rollout))
        return fold_broken(error, event, "the wave before it has not ended");
    if (rollout->aborted || rollout->failed)
        return fold_broken(error, event, "the rollout goes no further");
    rollout->wave = next;
    rollout->wave_started = true;
    return true;
}

static void note_trouble(struct rollout *rollout, const struct event *event)
{
    const char *name = event_text(event, "trouble");
    bool over = json_is_true(json_object_get(event->data, "over"));
    for (size_t i = 0; name && i < TROUBLE_COUNT; i++) {
        struct rollout_trouble *trouble = &rollout->troubles[i];
        if (strcmp(trouble_name((enum trouble)i), name) != 0)
            continue;
        if (!trouble->reason)
            trouble->since_ms = event->at_ms;
        fold_set_text(&trouble->reason, over ? NULL : event_text(event, "reason"));
    }
}

/* The fault FAULT_LIST_GROWS: a new cell joins the last wave. */
static void adopt(struct rollout *rollout, const char *id)
{
    size_t last = rollout->plan->waves->len - 1;
    struct plan_cell *plan = g_new0(struct plan_cell, 1);
    *plan =
        (struct plan_cell){.id = g_strdup(id), .from = g_strdup(cell_at(rollout, 0)->plan->from)};
    g_ptr_array_add(rollout_wave(rollout, last)->cells, plan);
    struct rollout_cell *cell = g_new0(struct rollout_cell, 1);
    cell->plan = plan;
    cell->wave = last;
    g_ptr_array_add(rollout->cells, cell);
}

static bool noted(struct rollout *rollout, struct rollout_cell *cell, const struct event *event,
                  GError **error)
{
    (void)cell, (void)error;
    const char *new_cell = event_text(event, "new_cell");
    if (new_cell)
        g_ptr_array_add(rollout->new_cells, g_strdup(new_cell));
    if (new_cell && FAULT_SWITCH(LIST_GROWS))
        adopt(rollout, new_cell);
    note_trouble(rollout, event);
    struct rollout_cell *told = rollout_cell(rollout, event_text(event, "cell"));
    if (told && told->state == CELL_BAKING && gate_is_refresh(event))
        gate_take_words(told, event);
    return true;
}

#define IN_FLIGHT (IN(CELL_DEPLOYING) | IN(CELL_BAKING) | IN(CELL_ROLLING_BACK))
#define THERE     (IN(CELL_PASSED) | IN(CELL_ACCEPTED))

static const struct rule {
    const char *type;
    unsigned states; /* its cell's, at that moment; 0: the event is about no cell */
    bool by_person;
    fold_fn *apply;
} rules[] = {
    {"opened", 0, false, opened},
    {"state", 0, false, state_changed},
    {"wave.started", 0, false, wave_started},
    {"note", 0, true, noted},
    {"conductor", 0, true, noted},
    {"deploy.intent", IN(CELL_PENDING), false, fold_deploy_intent},
    {"deploy.called", IN(CELL_DEPLOYING), false, fold_call_taken},
    {"deploy.seen", IN(CELL_DEPLOYING), false, fold_deploy_seen},
    {"deploy.failed", IN(CELL_DEPLOYING) | IN(CELL_BAKING), false, fold_deploy_failed},
    {"gate", IN(CELL_BAKING), false, fold_gate_changed},
    {"cell.held", IN(CELL_PENDING) | IN_FLIGHT | THERE, false, fold_cell_held},
    {"cell.released", ANYWHERE, false, fold_cell_released},
    {"cell.passed", IN(CELL_BAKING), false, fold_cell_passed},
    {"rollback.intent", IN_FLIGHT | THERE, false, fold_rollback_intent},
    {"rollback.called", IN(CELL_ROLLING_BACK), false, fold_call_taken},
    {"rollback.done", IN(CELL_ROLLING_BACK), false, fold_rollback_done},
    {"rollback.failed", IN(CELL_ROLLING_BACK), false, fold_rollback_failed},
    {"cell.skipped", ANYWHERE, true, fold_skipped},
    {"cell.accepted", ANYWHERE, true, fold_accepted},
    {"retry", ANYWHERE, true, fold_retried},
    {"rollback", 0, true, fold_rollback_asked},
    {"approve", 0, true, fold_approved},
    {"override", 0, true, fold_overridden},
    {"evacuated", ANYWHERE, true, fold_evacuated},
    {"pause", 0, true, fold_paused},
    {"resume", 0, true, fold_resumed},
    {"abort", 0, true, fold_aborted},
};

static const struct rule *rule_of(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (strcmp(rules[i].type, type) == 0)
            return &rules[i];
    return NULL;
}

static bool in_sequence(const struct rollout *rollout, const struct event *event, GError **error)
{
    if (event->seq != rollout->seq + 1)
        return fold_broken(error, event, "its number is not the next one");
    if (rollout->head && event->prev_hash && strcmp(rollout->head, event->prev_hash) != 0)
        return fold_broken(error, event, "it does not carry the hash of the one before");
    if (!rollout->plan && strcmp(event->type, "opened") != 0)
        return fold_broken(error, event, "the rollout was never opened");
    return true;
}

static bool state_of(const char *name, enum rollout_state *state)
{
    for (enum rollout_state s = ROLLOUT_PLANNED; s <= ROLLOUT_ABORTED; s++)
        if (strcmp(rollout_state_name(s), name) == 0) {
            *state = s;
            return true;
        }
    return false;
}

/* Nothing is begun in an evacuated cell, and nothing there is the release's fault. */
static bool is_barred_by_evacuation(const struct event *event)
{
    static const char *const types[] = {"deploy.intent",   "deploy.failed",   "gate", "cell.passed",
                                        "rollback.intent", "rollback.failed", NULL};
    return g_strv_contains(types, event->type);
}

static bool apply_rule(struct rollout *rollout, const struct rule *rule, const struct event *event,
                       GError **error)
{
    struct rollout_cell *cell = NULL;
    if (rollout_state_final(rollout->state))
        return rule->by_person || fold_broken(error, event, "the rollout is over");
    if (rule->states) {
        cell = rollout_cell(rollout, event_text(event, "cell"));
        if (!cell)
            return fold_broken(error, event, "this rollout has no such cell");
        if (!(rule->states & IN(cell->state)))
            return fold_broken(error, event, cell_state_name(cell->state));
    }
    if (cell && cell_is_evacuated(cell) && is_barred_by_evacuation(event))
        return fold_broken(error, event, "the cell is evacuated");
    return rule->apply(rollout, cell, event, error);
}

bool rollout_apply(struct rollout *rollout, const struct event *event, GError **error)
{
    const struct rule *rule = rule_of(event->type);
    const char *state_name = event_text(event, "state");
    enum rollout_state state = rollout->state;
    if (!in_sequence(rollout, event, error))
        return false;
    if (!rule)
        return fold_broken(error, event, "no such event is known to this version of celldeck");
    if (state_name && !state_of(state_name, &state))
        return fold_broken(error, event, "it names an unknown state");
    bool over = rollout_state_final(rollout->state);
    if (!apply_rule(rollout, rule, event, error))
        return false;
    if (state_name && !over) {
        rollout->state = state;
        fold_set_text(&rollout->state_reason, event_text(event, "reason"));
        fold_set_text(&rollout->state_code, event_text(event, "code"));
    }
    if (!over && rollout_state_final(rollout->state))
        rollout->ended_ms = event->at_ms;
    rollout->seq = event->seq;
    if (!gate_is_refresh(event)) /* what somebody waits for is not put off by it */
        rollout->last_ms = event->at_ms;
    fold_set_text(&rollout->head, event->hash);
    return true;
}

struct rollout *rollout_fold(const char *id, const GPtrArray *events, GError **error)
{
    if (events->len == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "there is no rollout %s; `celldeck rollout list` names them", id);
        return NULL;
    }
    struct rollout *rollout = rollout_new(id);
    for (guint i = 0; i < events->len; i++)
        if (!rollout_apply(rollout, g_ptr_array_index(events, i), error)) {
            rollout_free(rollout);
            return NULL;
        }
    return rollout;
}

struct rollout *rollout_load(struct journal *journal, const char *id, GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, id, 1, error);
    return events ? rollout_fold(id, events, error) : NULL;
}
