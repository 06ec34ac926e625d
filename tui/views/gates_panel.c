#include "tui/views/gates_panel.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/frame.h"
#include "tui/views/marks.h"
#include "tui/views/wrap.h"

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

static void add_expected(GString *text, const json_t *expected)
{
    if (json_is_number(expected))
        g_string_append_printf(text, " (expected %.4g)", json_number_value(expected));
}

/* "6.8 11:58:00, 7.1 11:59:00": the newest datapoints that a verdict rests on, `most` of them. */
static char *evidence_text(const json_t *evidence, size_t most)
{
    GString *text = g_string_new(NULL);
    size_t n = json_array_size(evidence);
    for (size_t i = n > most ? n - most : 0; i < n; i++) {
        const json_t *datum = json_array_get(evidence, i);
        if (text->len)
            g_string_append(text, ", ");
        add_value(text, json_object_get(datum, "value"));
        add_expected(text, json_object_get(datum, "expected"));
        add_when(text, json_object_get(datum, "at"));
    }
    return g_string_free(text, FALSE);
}

/* At the end of the line, as much of it as there is room for. */
static void draw_evidence(const json_t *evidence, int taken, struct canvas *canvas,
                          const struct area *area)
{
    enum { MOST = 3 };
    for (size_t most = MOST; most > 0; most--) {
        g_autofree char *text = evidence_text(evidence, most);
        int cols = text_width(text);
        if (area->cols - taken <= cols)
            continue;
        canvas_text(canvas, area->row, area->col + area->cols - cols, cols, ROLE_DIM, text);
        return;
    }
}

enum { NAME_COL = 3, VERDICT_COL = 14, REASON_COL = 22, MORE_ROWS = 3 };
enum { WIDE = 120, LAST_COLS = 26 }; /* what was said the last time, and from which width on */

static GPtrArray *reason_lines(const struct rollout_gate *gate, int cols)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    wrap_text(gate->reason ? gate->reason : "not judged yet", MAX(1, cols - REASON_COL), "", lines);
    return lines;
}

static bool calls_somebody(const struct rollout_gate *gate)
{
    return gate->verdict == VERDICT_FAIL || gate->verdict == VERDICT_HOLD;
}

int gates_panel_rows(const struct rollout_cell *cell, int cols)
{
    int rows = 1 + GATE_COUNT;
    for (int i = 0; i < GATE_COUNT; i++) {
        g_autoptr(GPtrArray) lines = reason_lines(&cell->gates[i], cols);
        if (calls_somebody(&cell->gates[i]))
            rows += MIN((int)lines->len - 1, MORE_ROWS);
    }
    return rows;
}

/* How many rows each gate has of `rows`: one, and more for what is said by the worst of them. */
static void share_rows(const struct rollout_cell *cell, int cols, int rows, int shares[GATE_COUNT])
{
    static const enum verdict worst_first[] = {VERDICT_FAIL, VERDICT_HOLD};
    int left = rows - GATE_COUNT;
    for (int i = 0; i < GATE_COUNT; i++)
        shares[i] = 1;
    for (size_t v = 0; v < G_N_ELEMENTS(worst_first); v++)
        for (int i = 0; i < GATE_COUNT && left > 0; i++) {
            if (cell->gates[i].verdict != worst_first[v])
                continue;
            g_autoptr(GPtrArray) lines = reason_lines(&cell->gates[i], cols);
            int more = MIN(MIN((int)lines->len - 1, MORE_ROWS), left);
            shares[i] += more;
            left -= more;
        }
}

/* In `rows`, the last of them with what has no room cut off. */
static void draw_reason(const struct rollout_gate *gate, struct canvas *canvas,
                        const struct area *area)
{
    enum role role = gate->reason ? ROLE_NORMAL : ROLE_DIM;
    g_autoptr(GPtrArray) lines = reason_lines(gate, REASON_COL + area->cols);
    for (int i = 0; i < area->rows && i < (int)lines->len; i++) {
        bool cut = i + 1 == area->rows && i + 1 < (int)lines->len;
        canvas_printf(canvas, area->row + i, area->col, area->cols, role, "%s%s%s",
                      (const char *)lines->pdata[i], cut ? " " : "",
                      cut ? (const char *)lines->pdata[i + 1] : "");
    }
    if (lines->len == 1)
        draw_evidence(gate->evidence, text_width(lines->pdata[0]), canvas, area);
}

static void draw_gate(const struct gates_panel *panel, int gate, struct canvas *canvas,
                      const struct area *area)
{
    const struct rollout_gate *said = &panel->cell->gates[gate];
    struct mark mark = mark_verdict(said->verdict);
    canvas_text(canvas, area->row, area->col + 1, 1, mark.role, mark.shape);
    canvas_text(canvas, area->row, area->col + NAME_COL, VERDICT_COL - NAME_COL - 1, ROLE_NORMAL,
                gate_name((enum gate)gate));
    canvas_text(canvas, area->row, area->col + VERDICT_COL, 7, mark.role,
                verdict_name(said->verdict));
    const struct area reason = {area->row, area->col + REASON_COL, area->rows,
                                area->cols - REASON_COL};
    draw_reason(said, canvas, &reason);
    if (gate == panel->chosen)
        canvas_select(canvas, area->row, area->col, area->cols);
}

/* Where there is room, what each gate said the last time stands at its line's end. */
static int draw_last(const struct gates_panel *panel, int gate, struct canvas *canvas, int row,
                     int end)
{
    const struct rollout_gate *said = panel->last ? &panel->last->cell->gates[gate] : NULL;
    if (!said || end < WIDE)
        return 0;
    struct mark mark = mark_verdict(said->verdict);
    canvas_printf(canvas, row, end - LAST_COLS + 1, LAST_COLS - 1,
                  said->at_ms ? mark.role : ROLE_DIM,
                  said->at_ms ? "%s %s: %s %s" : "%s %s: not judged", panel->last->rollout->id,
                  panel->last->rollout->plan->version, mark.shape, verdict_name(said->verdict));
    return LAST_COLS;
}

void gates_panel_draw(const struct gates_panel *panel, struct canvas *canvas,
                      const struct area *area)
{
    const struct rollout_cell *cell = panel->cell;
    g_autofree char *last = panel->last ? last_time_text(panel->last) : NULL;
    g_autofree char *title = g_strdup_printf("gates of %s%s%s", cell->plan->id,
                                             last ? "; last time " : "", last ? last : "");
    int shares[GATE_COUNT], end = area->row + area->rows, row = area->row + 1;
    frame_rule(canvas, area->row, area, title);
    share_rows(cell, area->cols, area->rows - 1, shares);
    for (int i = 0; i < GATE_COUNT && row < end; row += shares[i], i++) {
        int taken = draw_last(panel, i, canvas, row, area->col + area->cols);
        const struct area line = {row, area->col, MIN(shares[i], end - row), area->cols - taken};
        draw_gate(panel, i, canvas, &line);
    }
}
