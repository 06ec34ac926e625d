#include "tui/views/act_kind.h"

#include "data/base/when.h"
#include "rollout/request.h"

#include <string.h>

static bool can_go_back(const struct rollout *rollout, const struct rollout_cell *cell)
{
    g_autofree char *why = rollout_refuses(rollout, "rollback", cell);
    return !why;
}

static bool of_wave(const struct rollout *rollout, const struct target *target,
                    const struct rollout_cell *cell)
{
    const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, cell->wave);
    return g_strcmp0(wave->name, target->wave) == 0;
}

static bool not_begun(const struct rollout *rollout, const struct target *target,
                      const struct rollout_cell *cell)
{
    (void)rollout, (void)target;
    return cell->state == CELL_PENDING;
}

static bool in_flight(const struct rollout *rollout, const struct target *target,
                      const struct rollout_cell *cell)
{
    (void)rollout, (void)target;
    return cell->state == CELL_DEPLOYING || cell->state == CELL_BAKING;
}

static bool this_cell(const struct rollout *rollout, const struct target *target,
                      const struct rollout_cell *cell)
{
    (void)rollout;
    return g_strcmp0(cell->plan->id, target->cell) == 0;
}

static bool any_changed(const struct rollout *rollout, const struct target *target,
                        const struct rollout_cell *cell)
{
    (void)target;
    return can_go_back(rollout, cell);
}

static bool wave_changed(const struct rollout *rollout, const struct target *target,
                         const struct rollout_cell *cell)
{
    return of_wave(rollout, target, cell) && can_go_back(rollout, cell);
}

static bool wave_not_begun(const struct rollout *rollout, const struct target *target,
                           const struct rollout_cell *cell)
{
    return of_wave(rollout, target, cell) && cell->state == CELL_PENDING;
}

static bool wave_ahead(const struct rollout *rollout, const struct target *target,
                       const struct rollout_cell *cell)
{
    return of_wave(rollout, target, cell) &&
           (cell->state == CELL_PENDING || in_flight(rollout, target, cell));
}

static char *nothing_goes_back(const struct act_kind *kind, const struct rollout *rollout,
                               const struct target *target, const struct person *person)
{
    (void)person;
    g_autoptr(GPtrArray) cells = act_cells(kind, rollout, target);
    if (cells->len > 1)
        return NULL;
    if (rollout_state_final(rollout->state))
        return g_strdup_printf("%s is over: it is %s", rollout->id,
                               rollout_state_name(rollout->state));
    return target->wave ? g_strdup_printf("wave %s has no cell that %s has changed and that can "
                                          "go back",
                                          target->wave, rollout->id)
                        : g_strdup_printf("%s has changed no cell that can go back", rollout->id);
}

/* What holds the cell, which is what an acceptance takes for good. Its figures age: it is bound to
 * what they are about. */
static char *tells_hold(const struct rollout *rollout, const GPtrArray *operations,
                        const struct target *target, char **bound)
{
    const struct rollout_cell *cell = rollout_cell(rollout, target->cell);
    if (!cell)
        return NULL;
    GString *text = g_string_new("Held: "), *codes = g_string_new(NULL);
    g_autofree char *held = rollout_held_words(cell, operations);
    g_string_append(text, held ? held : "");
    g_string_append(codes, cell->held_code ? cell->held_code : cell->held ? cell->held : "");
    for (int i = 0; i < GATE_COUNT; i++) {
        if (cell->gates[i].verdict != VERDICT_HOLD)
            continue;
        if (!cell->held)
            g_string_append_printf(text, "%s%s: %s", codes->len ? "; " : "",
                                   gate_name((enum gate)i),
                                   cell->gates[i].reason ? cell->gates[i].reason : "?");
        g_string_append_printf(codes, " %s:%s", gate_name((enum gate)i),
                               cell->gates[i].code ? cell->gates[i].code : "");
    }
    *bound = g_string_free(codes, FALSE);
    return g_string_free(text, FALSE);
}

static char *tells_cause(const struct rollout *rollout, const GPtrArray *operations,
                         const struct target *target, char **bound)
{
    (void)operations;
    const struct rollout_cell *cell = rollout_cell(rollout, target->cell);
    *bound = g_strdup(cell ? cell->cause : NULL);
    return cell && cell->cause ? g_strdup_printf("It was rolled back: %s", cell->cause) : NULL;
}

static gssize wave_named(const struct rollout *rollout, const char *name)
{
    for (guint i = 0; i < rollout->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, i);
        if (g_strcmp0(wave->name, name) == 0)
            return i;
    }
    return -1;
}

static char *four_eyes(const struct act_kind *kind, const struct rollout *rollout,
                       const struct target *target, const struct person *person)
{
    (void)kind;
    gssize wave = wave_named(rollout, target->wave);
    return wave < 0 ? g_strdup("none of its waves waits for an approval")
                    : request_refuses_approval(rollout, (size_t)wave, person, when_now_ms());
}

static char *refuses_override(const struct rollout *rollout, const struct target *target,
                              gint64 bake_ms)
{
    gssize wave = wave_named(rollout, target->wave);
    return wave < 0 ? g_strdup("none of its waves is still ahead")
                    : rollout_refuses_override(rollout, (size_t)wave, bake_ms);
}

static char *nothing_to_lift(const struct act_kind *kind, const struct rollout *rollout,
                             const struct target *target, const struct person *person)
{
    (void)kind, (void)person;
    return refuses_override(rollout, target, 0);
}

static char *nothing_to_shorten(const struct act_kind *kind, const struct rollout *rollout,
                                const struct target *target, const struct person *person)
{
    (void)kind, (void)person;
    return refuses_override(rollout, target, rollout->plan->period_ms);
}

static char *tells_debt(const struct rollout *rollout, const GPtrArray *operations,
                        const struct target *target, char **bound)
{
    (void)operations;
    gint64 bake_ms = rollout_bake_ms(rollout, (size_t)wave_named(rollout, target->wave));
    g_autofree char *bake = duration_config_text(bake_ms);
    *bound = g_strdup(bake);
    return g_strdup_printf("Wave %s bakes for %s now. Breaking the glass stands in the history as "
                           "a debt to review.",
                           target->wave, bake);
}

/* `about`: what the act is bound to, of which tells_debt() makes the bake as it is. */
static char *no_shorter(const char *text, gconstpointer about)
{
    gint64 ms = 0, now_ms = 0;
    if (!duration_parse(text, &ms) || ms == 0)
        return g_strdup_printf("%s is no duration such as 90s, 30m or 24h", text);
    bool shorter = !about || !duration_parse(about, &now_ms) || ms < now_ms;
    return shorter ? NULL
                   : g_strdup_printf("it bakes for %s, and break-glass only shortens",
                                     (const char *)about);
}

#define ASK_REASON                                                                                 \
    {                                                                                              \
        .name = "Reason", .note = "kept in the history"                                            \
    }
static const struct dialog_ask reason[] = {ASK_REASON, {NULL}};
static const struct dialog_ask bake_and_reason[] = {
    {.name = "Bake", .note = "as 30m or 2h: no longer than that", .wrong = no_shorter},
    ASK_REASON,
    {NULL}};

static const struct act_kind kinds[] = {
    {.request = REQUEST_APPROVE,
     .what = "approve",
     .verb = "Approve",
     .effect = "goes on into this wave with",
     .scope = SCOPE_WAVE_WAITING,
     .touches = of_wave,
     .refuses = four_eyes,
     .run = act_put_approve},
    {.request = REQUEST_PAUSE,
     .what = "pause",
     .verb = "Pause",
     .effect = "goes no further; gates go on judging. Still to come:",
     .asks = reason,
     .touches = not_begun,
     .run = act_put_pause},
    {.request = REQUEST_PAUSE,
     .what = "resume",
     .verb = "Resume",
     .effect = "goes on. Still to come:",
     .touches = not_begun,
     .run = act_put_resume},
    {.request = REQUEST_ABORT,
     .what = "abort",
     .verb = "Abort",
     .effect = "ends for good; what is in flight rolls back:",
     .direction = GOES_BACK,
     .asks = reason,
     .touches = in_flight,
     .run = act_put_abort},
    {.request = REQUEST_ROLLBACK,
     .what = "rollback",
     .verb = "Roll back",
     .effect = "goes back to the recorded version:",
     .scope = SCOPE_CELL,
     .direction = GOES_BACK,
     .asks = reason,
     .touches = this_cell,
     .run = act_put_rollback},
    {.request = REQUEST_ROLLBACK_WAVE,
     .what = "rollback",
     .verb = "Roll back",
     .effect = "takes this wave back to the recorded versions, newest first:",
     .scope = SCOPE_WAVE,
     .direction = GOES_BACK,
     .asks = reason,
     .of_cells = true,
     .touches = wave_changed,
     .refuses = nothing_goes_back,
     .run = act_put_rollback},
    {.request = REQUEST_ROLLBACK_ALL,
     .what = "rollback",
     .verb = "Roll back all of",
     .effect = "takes every cell that it has changed back to the recorded version, newest first:",
     .direction = GOES_BACK,
     .asks = reason,
     .of_cells = true,
     .touches = any_changed,
     .refuses = nothing_goes_back,
     .run = act_put_rollback},
    {.request = REQUEST_RETRY,
     .what = "retry",
     .verb = "Retry",
     .effect = "is deployed to once more:",
     .scope = SCOPE_CELL,
     .asks = reason,
     .touches = this_cell,
     .tells = tells_cause,
     .instead = REQUEST_START,
     .instead_words = "begins a rollout anew",
     .run = act_put_retry},
    {.request = REQUEST_SKIP,
     .what = "skip",
     .verb = "Skip",
     .effect = "is left out; the rollout goes on without it:",
     .scope = SCOPE_CELL,
     .direction = STAYS_OLD,
     .asks = reason,
     .touches = this_cell,
     .run = act_put_skip},
    {.request = REQUEST_ACCEPT,
     .what = "accept",
     .verb = "Accept",
     .effect = "is taken for good as it stands, though its gates did not pass it:",
     .scope = SCOPE_CELL,
     .direction = STAYS_NEW,
     .asks = reason,
     .touches = this_cell,
     .tells = tells_hold,
     .run = act_put_accept},
    {.request = REQUEST_LIFT_WINDOW,
     .what = "override",
     .verb = "Break the glass: lift the window of",
     .effect = "goes on although this wave's window is shut, or a freeze is on. Still to come:",
     .scope = SCOPE_WAVE_AHEAD,
     .asks = reason,
     .touches = wave_not_begun,
     .refuses = nothing_to_lift,
     .instead = REQUEST_SHORTEN_BAKE,
     .instead_words = "shortens its bake",
     .tells = tells_debt,
     .run = act_put_override},
    {.request = REQUEST_SHORTEN_BAKE,
     .what = "override",
     .verb = "Break the glass: shorten the bake of",
     .effect = "bakes this wave no longer than you say. Still ahead:",
     .scope = SCOPE_WAVE_AHEAD,
     .asks = bake_and_reason,
     .touches = wave_ahead,
     .refuses = nothing_to_shorten,
     .tells = tells_debt,
     .run = act_put_override},
};

const struct act_kind *act_kind_of(enum request request, const struct rollout *rollout)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool other_way =
            request == REQUEST_PAUSE && rollout->paused != (kinds[i].run == act_put_resume);
        if (kinds[i].request == request && !other_way)
            return &kinds[i];
    }
    return NULL;
}

/* The first that has cells to come or in flight; -1: none has. */
static gssize wave_under_way(const struct rollout *rollout)
{
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if (cell->state == CELL_PENDING || in_flight(rollout, NULL, cell))
            return (gssize)cell->wave;
    }
    return -1;
}

static gssize wave_meant(enum scope scope, const struct rollout *rollout,
                         const struct rollout_cell *cell)
{
    gssize selected = cell ? (gssize)cell->wave : -1;
    switch (scope) {
    case SCOPE_WAVE:
        return selected;
    case SCOPE_WAVE_WAITING:
        return request_waiting_wave(rollout);
    case SCOPE_WAVE_AHEAD:
        return MAX(selected, wave_under_way(rollout));
    default:
        return -1;
    }
}

struct target act_target(const struct act_kind *kind, const struct rollout *rollout,
                         const char *cell)
{
    const struct rollout_cell *part = cell ? rollout_cell(rollout, cell) : NULL;
    gssize meant = wave_meant(kind->scope, rollout, part);
    const struct plan_wave *wave =
        meant >= 0 ? g_ptr_array_index(rollout->plan->waves, (guint)meant) : NULL;
    return (struct target){
        .operation = rollout->id,
        .version = rollout->plan->version,
        .wave = wave ? wave->name : NULL,
        .cell = kind->scope == SCOPE_CELL && part ? part->plan->id : NULL,
    };
}
