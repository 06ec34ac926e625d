#include "rollout/gate_news.h"

#include "data/base/fault_switch.h"
#include "data/base/text.h"
#include "rollout/fold.h"
#include "rollout/state.h"

#include <string.h>

/* A bake grows by one such part of its age, a quarter, between two records of its gates' figures: a
 * week of periods of a minute has 32 of them, and four weeks 38. */
#define FIGURES_PART 4
/* In a bake's beginning a quarter is next to nothing: no sooner than after so many periods. */
#define FIGURES_PERIODS 5

static json_t *word_json(enum gate gate, const struct gate_result *result, json_t *evidence)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:O*}", "gate", gate_name(gate), "verdict",
                     verdict_name(result->verdict), "code", text_json(result->code), "reason",
                     text_json(result->reason), "evidence",
                     FAULT_SWITCH(EVIDENCE_DROPPED) ? NULL : evidence);
}

static json_int_t samples_of(const struct observed_cell *there)
{
    return there->samples ? (json_int_t)there->samples->periods_read : 0;
}

static bool is_news(const struct rollout_gate *known, const struct gate_result *result)
{
    return !known->at_ms || known->verdict != result->verdict ||
           g_strcmp0(known->code, result->code) != 0;
}

struct decision gate_news(const struct rollout_cell *cell, const struct observed_cell *there,
                          bool only_fail)
{
    for (size_t i = 0; cell->state == CELL_BAKING && there->gates && i < GATE_COUNT; i++) {
        const struct gate_result *result = &there->gates[i];
        if ((only_fail && result->verdict != VERDICT_FAIL) || !is_news(&cell->gates[i], result))
            continue;
        json_t *data = word_json((enum gate)i, result, result->evidence);
        json_object_set_new(data, "samples", json_integer(samples_of(there)));
        return decision_about((struct rollout_cell *)cell, "gate", data);
    }
    return NOTHING;
}

gint64 gate_figures_due_ms(const struct rollout *rollout, const struct rollout_cell *cell,
                           gint64 bake_credit_ms)
{
    gint64 written_ms = cell->figures_ms ? cell->figures_ms : cell->deployed_at_ms;
    gint64 age_ms = bake_elapsed_ms(cell, bake_credit_ms, written_ms);
    return written_ms + MAX(FIGURES_PERIODS * rollout->plan->period_ms, age_ms / FIGURES_PART);
}

/* Evidence that is what was written last (of alarms that nothing happened to, say) stays out. */
static json_t *newer_words(const struct rollout_cell *cell, const struct gate_result *gates)
{
    json_t *words = json_array();
    for (size_t i = 0; i < GATE_COUNT; i++) {
        bool same = json_equal(gates[i].evidence, cell->gates[i].evidence);
        json_array_append_new(words,
                              word_json((enum gate)i, &gates[i], same ? NULL : gates[i].evidence));
    }
    return words;
}

struct decision gate_figures(const struct rollout *rollout, const struct rollout_cell *cell,
                             const struct observation *seen, const struct observed_cell *there)
{
    if (cell->state != CELL_BAKING || !there->gates ||
        (seen->now_ms < gate_figures_due_ms(rollout, cell, there->bake_credit_ms) &&
         seen->now_ms >= cell->figures_ms)) /* else the clock was put back */
        return NOTHING;
    g_autofree char *age =
        duration_short(bake_elapsed_ms(cell, there->bake_credit_ms, seen->now_ms));
    g_autofree char *periods = text_counted(samples_of(there), "period");
    g_autofree char *reason = g_strdup_printf("its gates' figures after %s, %s read", age, periods);
    return decision_about((struct rollout_cell *)cell, "note",
                          json_pack("{s:o, s:I, s:o}", "reason", text_json(reason), "samples",
                                    samples_of(there), "evidence",
                                    newer_words(cell, there->gates)));
}

void gate_last_words(json_t *data, const struct rollout_cell *cell,
                     const struct observed_cell *there)
{
    if (cell->state != CELL_BAKING || !there->gates)
        return;
    json_t *words = json_array();
    for (size_t i = 0; i < GATE_COUNT; i++)
        if (!cell->rollback_wanted || cell->gates[i].verdict != VERDICT_FAIL)
            json_array_append_new(
                words, word_json((enum gate)i, &there->gates[i], there->gates[i].evidence));
    json_object_set_new(data, "samples", json_integer(samples_of(there)));
    json_object_set_new(data, "evidence", words);
}

bool gate_is_refresh(const struct event *event)
{
    return strcmp(event->type, "note") == 0 && json_object_get(event->data, "evidence");
}

static void set_text(char **place, const json_t *said, const char *key)
{
    fold_set_text(place, json_string_value(json_object_get(said, key)));
}

static void take_word(struct rollout_gate *gate, enum verdict verdict, const json_t *said,
                      gint64 at_ms)
{
    json_t *evidence = json_object_get(said, "evidence");
    gate->verdict = verdict;
    gate->at_ms = at_ms;
    set_text(&gate->code, said, "code");
    set_text(&gate->reason, said, "reason");
    if (!evidence) /* as it was */
        return;
    json_decref(gate->evidence);
    gate->evidence = json_incref(evidence);
}

static void take_samples(struct rollout_cell *cell, const struct event *event)
{
    const json_t *samples = json_object_get(event->data, "samples");
    if (json_is_integer(samples))
        cell->samples = json_integer_value(samples);
}

void gate_take_news(struct rollout_cell *cell, enum gate gate, enum verdict verdict,
                    const struct event *event)
{
    g_clear_pointer(&cell->gates[gate].evidence, json_decref);
    take_word(&cell->gates[gate], verdict, event->data, event->at_ms);
    take_samples(cell, event);
}

void gate_take_words(struct rollout_cell *cell, const struct event *event)
{
    const json_t *words = json_object_get(event->data, "evidence");
    size_t i;
    json_t *said;
    take_samples(cell, event);
    json_array_foreach (words, i, said) {
        const char *name = json_string_value(json_object_get(said, "gate"));
        const char *word = json_string_value(json_object_get(said, "verdict"));
        enum gate gate;
        enum verdict verdict;
        if (!name || !word || !gate_parse(name, &gate) || !verdict_parse(word, &verdict))
            continue;
        take_word(&cell->gates[gate], verdict, said, event->at_ms);
        cell->figures_ms = event->at_ms;
    }
}
