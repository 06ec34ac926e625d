/* The invariants of data and of time: what was really measured, and how long things really took. */
#include "tests/simulation/invariants.h"

#include <math.h>
#include <string.h>

static const struct sim_cell *there(const struct happening *it)
{
    return sim_cell(it->sim, it->cell->id);
}

/* A clock that was wrong when it stamped the deploy makes another time of it for everybody. */
static bool clock_was_true(const struct happening *it)
{
    return ABS(it->cell->seen_offset_ms) < 5 * WHEN_SECOND;
}

/* Datapoints that this conductor can have read by now, of periods that began at `from_ms` or
 * later. */
static int points_since(const struct happening *it, gint64 from_ms)
{
    const GArray *points = there(it)->points;
    int n = 0;
    for (guint i = 0; i < points->len; i++) {
        const struct point *point = &g_array_index(points, struct point, i);
        n += point->at_ms >= from_ms && point->seen_ms <= it->sim->now_ms;
    }
    return n;
}

static bool is_old_evidence(const struct happening *it, const json_t *evidence)
{
    size_t i;
    const json_t *one;
    json_array_foreach (evidence, i, one) {
        gint64 at_ms = 0;
        const char *at = text_in(one, "at");
        if (!text_in(one, "alarm") && at && when_parse(at, &at_ms) &&
            at_ms < it->cell->seen_wall_ms)
            return true;
    }
    return false;
}

void a_cell_passes_only_on_data_measured_after_its_deploy(const struct happening *it)
{
    if (!is_type(it, "cell.passed") || !it->cell || !clock_was_true(it))
        return;
    gint64 bake_ms = ledger_wave(it->operation, it->cell->wave)->bake_ms;
    gint64 read = json_integer_value(json_object_get(it->data, "samples"));
    int true_points = points_since(it, it->cell->seen_ms - 5 * WHEN_SECOND);
    double wanted = floor(0.7 * (double)(bake_ms / PERIOD_MS - 1));
    size_t i;
    const json_t *gate;
    if (read > true_points)
        sim_broke(it->sim, 4, "%s passes on %d datapoints, and %d were measured since its deploy",
                  it->cell->id, (int)read, true_points);
    else if (true_points < wanted)
        sim_broke(it->sim, 4, "%s passes with %d datapoints since its deploy, %d are enough",
                  it->cell->id, true_points, (int)wanted);
    json_array_foreach (json_object_get(it->data, "evidence"), i, gate)
        if (is_old_evidence(it, json_object_get(gate, "evidence")))
            sim_broke(it->sim, 4, "%s passes on evidence from before its deploy", it->cell->id);
}

/* How old the newest datapoint is that can have been seen, from the end of its period. */
static gint64 silence_ms(const struct happening *it)
{
    const GArray *points = there(it)->points;
    gint64 newest_ms = 0;
    for (guint i = 0; i < points->len; i++) {
        const struct point *point = &g_array_index(points, struct point, i);
        if (point->seen_ms <= it->sim->now_ms)
            newest_ms = MAX(newest_ms, point->at_ms);
    }
    return it->sim->now_ms - newest_ms - PERIOD_MS;
}

/* A host whose clock is wrong judges by it; what it then calls old, or new, may be neither. */
static bool judge_has_true_clock(const struct happening *it)
{
    return it->process && ABS(it->process->host->wall_offset_ms) < 5 * WHEN_SECOND;
}

/* Only PASS moves forward: the gates' verdicts never collapse into one another. */
static void every_gate_passed(const struct happening *it)
{
    size_t i;
    const json_t *gate;
    json_array_foreach (json_object_get(it->data, "evidence"), i, gate)
        if (g_strcmp0(text_in(gate, "verdict"), "PASS") != 0)
            sim_broke(it->sim, 5, "%s passes, and gate %s says %s", it->cell->id,
                      text_in(gate, "gate"), text_in(gate, "verdict"));
}

void no_data_never_gives_pass(const struct happening *it)
{
    bool passed = is_type(it, "cell.passed");
    if (passed && it->cell)
        every_gate_passed(it);
    bool gate = is_type(it, "gate") && g_strcmp0(text_in(it->data, "verdict"), "PASS") == 0 &&
                g_strcmp0(text_in(it->data, "gate"), "data") == 0;
    if ((!passed && !gate) || !it->cell || !judge_has_true_clock(it))
        return;
    /* Three settled periods are no data; what came just now has not been judged yet. */
    gint64 limit_ms = 4 * PERIOD_MS + SETTLE_MS + 5 * WHEN_SECOND;
    gint64 silent_ms = silence_ms(it);
    if (silent_ms > limit_ms)
        sim_broke(it->sim, 5, "%s: %s, and nothing was measured for %d s", it->cell->id,
                  passed ? "it passes" : "gate data says PASS", (int)(silent_ms / WHEN_SECOND));
}

void nothing_shortens_or_restarts_a_bake(const struct happening *it)
{
    const struct ledger_cell *cell = it->cell;
    if (is_type(it, "deploy.seen") && cell && cell->seen > 1)
        sim_broke(it->sim, 6, "the bake of %s is begun anew", cell->id);
    if (!is_type(it, "cell.passed") || !cell || !it->process)
        return;
    gint64 bake_ms = ledger_wave(it->operation, cell->wave)->bake_ms;
    gint64 baked_ms = it->sim->now_ms - cell->seen_ms;
    /* Whoever took it over later has only the stamp to go by, and its own clock: as far as that was
     * ahead of the one that stamped, nobody can tell. */
    gint64 unseen_ms =
        it->operation->taken_ms > cell->seen_ms
            ? MAX(0, it->operation->taken_offset_ms - cell->seen_offset_ms) + 5 * WHEN_SECOND
            : 0;
    if (baked_ms + unseen_ms < bake_ms)
        sim_broke(it->sim, 6, "%s passes after %d s of its %d s", cell->id,
                  (int)(baked_ms / WHEN_SECOND), (int)(bake_ms / WHEN_SECOND));
}

/* The last three periods that can be seen are bad, all those before the deploy were good, and no
 * other cell is ill: nothing but the release can have done it. */
static bool is_plainly_bad(const struct happening *it)
{
    const struct sim_cell *cell = there(it);
    int bad = 0;
    for (guint i = 0; i < cell->points->len; i++) {
        const struct point *point = &g_array_index(cell->points, struct point, i);
        bool over = point->values[METRIC_ERROR_RATE] > 5;
        bool warm = point->at_ms >= it->cell->seen_ms + 2 * WHEN_MINUTE;
        if (over && point->at_ms < it->cell->seen_ms)
            return false;
        if (point->seen_ms > it->sim->now_ms - WHEN_MINUTE)
            continue;
        bad = over && warm ? bad + 1 : 0;
    }
    for (int i = 0; i < it->sim->n_cells; i++)
        if (&it->sim->cells[i] != cell && it->sim->cells[i].in_alarm)
            return false;
    return bad >= 3;
}

void gates_judge_while_paused(const struct happening *it)
{
    const struct ledger_cell *cell = it->cell;
    bool forward = is_type(it, "deploy.intent") || is_type(it, "wave.started") ||
                   (is_type(it, "cell.passed") && !it->operation->failed);
    if (forward && it->operation->paused)
        sim_broke(it->sim, 8, "%s is paused, and %s comes after that", it->operation->id,
                  it->row->type);
    if (it->row || it->call || !it->operation->paused || cell->state != L_BAKING)
        return;
    if (!cell->judged_failed && !cell->wants_back && !cell->held && clock_was_true(it) &&
        is_calm(it, 8 * WHEN_MINUTE) && is_plainly_bad(it))
        sim_broke(it->sim, 8,
                  "%s is paused, %s is plainly ill with the new version, and no gate "
                  "says so",
                  it->operation->id, cell->id);
}

/* Left to a failover, which is not over or has only just ended. */
static bool was_out(const struct happening *it, gint64 patience_ms)
{
    const struct operation_ledger *other = ledger_operation(it->sim->ledger, it->cell->evacuator);
    return ledger_is_out(it->sim, it->cell) ||
           (other && it->sim->now_ms - other->ended_ms < patience_ms);
}

void what_stops_forward_motion_never_stops_a_rollback(const struct happening *it)
{
    const struct ledger_cell *cell = it->cell;
    gint64 patience_ms = 2 * WHEN_MINUTE;
    if (it->row || it->call || !cell->wants_back || !is_calm(it, patience_ms) ||
        it->sim->now_ms - cell->wants_back_ms < patience_ms || was_out(it, patience_ms))
        return;
    if (cell->state == L_PENDING || cell->state == L_SKIPPED || cell->state == L_ROLLED_BACK)
        return;
    sim_broke(it->sim, 15, "%s is to go back for %d s, and nobody begins it (the rollout is %s)",
              cell->id, (int)((it->sim->now_ms - cell->wants_back_ms) / WHEN_SECOND),
              it->operation->paused ? "paused" : it->operation->state);
}

/* A conductor that has taken it over, or was disturbed, may have called again, or have only a clock
 * to go by that was wrong: it has the whole time from then on. */
static gint64 deadline_of(const struct happening *it)
{
    gint64 began_ms = MAX(it->cell->intent_ms, it->operation->taken_ms);
    return MAX(began_ms, it->sim->calm_since_ms) + it->cell->allowed_ms;
}

void every_state_that_is_not_final_has_a_deadline(const struct happening *it)
{
    const struct ledger_cell *cell = it->cell;
    bool intent = is_type(it, "deploy.intent") || is_type(it, "rollback.intent");
    if (intent && cell && cell->allowed_ms <= 0)
        sim_broke(it->sim, 17, "%s has no deadline", it->row->type);
    if (it->row || it->call)
        return;
    bool called = cell->state == L_DEPLOYING || cell->state == L_ROLLING_BACK;
    gint64 patience_ms = 3 * WHEN_MINUTE, late_ms = it->sim->now_ms - deadline_of(it);
    if (called && !cell->wants_back && !cell->judged_failed && !cell->held &&
        late_ms > patience_ms && is_calm(it, patience_ms))
        sim_broke(it->sim, 17, "%s is %s, %d s past its deadline", cell->id,
                  cell->state == L_DEPLOYING ? "deploying" : "rolling back",
                  (int)(late_ms / WHEN_SECOND));
}
