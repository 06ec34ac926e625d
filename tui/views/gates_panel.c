#include "tui/views/gates_panel.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"

static void add_value(GString *text, const json_t *value)
{
    if (json_is_number(value))
        g_string_append_printf(text, "%.4g", json_number_value(value));
    else if (json_is_string(value))
        g_string_append(text, json_string_value(value));
    else if (json_is_boolean(value))
        g_string_append(text, json_is_true(value) ? "up" : "down");
    else
        g_string_append(text, "–");
}

static void add_when(GString *text, const json_t *at)
{
    gint64 at_ms;
    if (!json_is_string(at) || !when_parse(json_string_value(at), &at_ms))
        return;
    g_autofree char *clock = mark_clock(at_ms);
    g_string_append_printf(text, " %s", clock);
}

/* "6.8 11:58:00, 7.1 11:59:00": the newest datapoints that a verdict rests on. */
static char *evidence_text(const json_t *evidence)
{
    enum { MOST = 3 };
    GString *text = g_string_new(NULL);
    size_t n = json_array_size(evidence);
    for (size_t i = n > MOST ? n - MOST : 0; i < n; i++) {
        const json_t *datum = json_array_get(evidence, i);
        if (text->len)
            g_string_append(text, ", ");
        add_value(text, json_object_get(datum, "value"));
        add_when(text, json_object_get(datum, "at"));
    }
    return g_string_free(text, FALSE);
}

void gates_panel_draw(const struct rollout_cell *cell, struct canvas *canvas,
                      const struct area *area)
{
    g_autofree char *title = g_strdup_printf("gates of %s", cell->plan->id);
    frame_rule(canvas, area->row, area, title);
    int end = area->col + area->cols;
    for (int i = 0; i < GATE_COUNT && i + 1 < area->rows; i++) {
        const struct rollout_gate *gate = &cell->gates[i];
        struct mark mark = mark_verdict(gate->verdict);
        int row = area->row + 1 + i, col = area->col;
        canvas_text(canvas, row, col + 1, 1, mark.role, mark.shape);
        canvas_text(canvas, row, col + 3, 8, ROLE_NORMAL, gate_name((enum gate)i));
        canvas_text(canvas, row, col + 11, 7, mark.role, verdict_name(gate->verdict));
        col += 19;
        g_autofree char *evidence = evidence_text(gate->evidence);
        const char *reason = gate->reason ? gate->reason : "not judged yet";
        int proof = text_width(evidence);
        col +=
            canvas_text(canvas, row, col, end - col, gate->reason ? ROLE_NORMAL : ROLE_DIM, reason);
        if (end - col > proof) /* a reason is worth more than what it was drawn from */
            canvas_text(canvas, row, end - proof, proof, ROLE_DIM, evidence);
    }
}
