/* A rollout, its cells and what their gates say; and what is on record of an operation. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/story.h"
#include "tui/linear/plain.h"
#include "tui/linear/say_sheet.h"
#include "tui/views/act.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"
#include "tui/views/releases_columns.h"

#include <string.h>

enum { LOG_MOST = 8, EVENTS_MOST = 60 };

/* Of the rollout as a whole: acts on single cells are told with these. */
char *say_may(const struct deck *deck, const struct rollout *rollout)
{
    static const enum request acts[] = {REQUEST_APPROVE, REQUEST_PAUSE, REQUEST_ABORT,
                                        REQUEST_ROLLBACK_ALL};
    g_autoptr(GString) text = g_string_new(NULL);
    if (g_strcmp0(deck->operation, rollout->id) != 0)
        return g_strdup("");
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
        const char *name = acts[i] == REQUEST_PAUSE && rollout->paused
                               ? "resume"
                               : request_bindings()[acts[i]].name;
        if (act_can(deck, acts[i], NULL))
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", name);
    }
    return g_strdup(text->str);
}

static char *cell_may(const struct deck *deck, const char *cell)
{
    static const enum request acts[] = {REQUEST_ROLLBACK, REQUEST_RETRY, REQUEST_SKIP,
                                        REQUEST_ACCEPT};
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (act_can(deck, acts[i], cell))
            g_string_append_printf(text, "%s%s %s", text->len ? ", " : "",
                                   request_bindings()[acts[i]].name, cell);
    return g_strdup(text->str);
}

static void add_bake(GString *text, const struct deck *deck, const struct rollout *rollout,
                     const struct rollout_cell *cell)
{
    gint64 bake_ms = rollout_bake_ms(rollout, cell->wave);
    gint64 elapsed_ms = CLAMP(deck->now_ms - cell->deployed_at_ms, 0, bake_ms);
    g_autofree char *left = duration_short(bake_ms - elapsed_ms);
    g_string_append_printf(text, " %.0f %%, %s left",
                           100.0 * (double)elapsed_ms / (double)MAX(1, bake_ms), left);
}

static void add_gates(GString *text, const struct rollout_cell *cell, enum verdict verdict)
{
    for (int i = 0; i < GATE_COUNT; i++)
        if (cell->gates[i].verdict == verdict)
            g_string_append_printf(text, "; gate %s %s: %s", gate_name((enum gate)i),
                                   verdict_name(verdict),
                                   cell->gates[i].reason ? cell->gates[i].reason : "");
}

static void say_rollout_cell(struct speech *speech, const struct deck *deck,
                             const struct rollout *rollout, const struct rollout_cell *cell)
{
    g_autofree char *state = g_strdelimit(g_strdup(cell_state_name(cell->state)), "_", ' ');
    g_autofree char *tenants = text_counted(cell->plan->tenants, "tenant");
    g_autofree char *users = text_counted(cell->plan->users, "user");
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s: %s", cell->plan->id, state);
    if (cell->state == CELL_BAKING && !cell->held)
        add_bake(text, deck, rollout, cell);
    g_autofree char *held = rollout_held_words(cell, deck->operations);
    if (held)
        g_string_append_printf(text, "; HELD: %s", held);
    if (cell->cause)
        g_string_append_printf(text, "; cause: %s", cell->cause);
    add_gates(text, cell, VERDICT_FAIL);
    add_gates(text, cell, VERDICT_HOLD);
    g_string_append_printf(text, "; %s to %s; %s, %s",
                           cell->plan->from ? cell->plan->from : "not known",
                           rollout->plan->version, tenants, users);
    g_autofree char *may = cell_may(deck, cell->plan->id);
    if (*may)
        g_string_append_printf(text, "; you may: %s", may);
    g_autofree char *words = plain_words(text->str);
    speech_item(speech, VIEW_CELL, cell->plan->id, words);
}

static void say_wave(struct speech *speech, const struct rollout *rollout, size_t which)
{
    const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, which);
    g_autofree char *bake = duration_config_text(rollout_bake_ms(rollout, which));
    guint given = 0;
    for (guint i = 0; i < rollout->approvals->len; i++)
        given += ((struct approval *)g_ptr_array_index(rollout->approvals, i))->wave == which;
    bool now = rollout->wave == which && !rollout_state_final(rollout->state);
    g_autofree char *approvals =
        wave->approvals ? g_strdup_printf(", %u of %d approvals%s", given, wave->approvals,
                                          wave->approver_not_requester ? " by others" : "")
                        : g_strdup("");
    speech_printf(speech, "Wave %s%s: bake %s, %d at a time%s%s%s.", wave->name,
                  now ? ", under way" : "", bake, wave->max_in_flight, approvals,
                  wave->window ? ", " : "", wave->window ? window_text(wave->window) : "");
}

static void say_title(struct speech *speech, const struct deck *deck, const struct rollout *rollout)
{
    const char *state = rollout_state_name(rollout->state);
    g_autofree char *why = rollout_state_words(rollout, deck->operations);
    bool told = why && *why && strcmp(why, state) != 0 && g_strcmp0(why, rollout->reason) != 0;
    g_autofree char *opened = mark_time(rollout->opened_ms, deck->now_ms);
    g_autofree char *trouble = headline_conductor(deck, rollout);
    g_autofree char *next = rollout_next(rollout, deck->operations, deck->now_ms);
    g_autofree char *may = say_may(deck, rollout);
    speech_printf(speech, "Rollout %s of %s: %s%s%s.", rollout->id, rollout->plan->version, state,
                  told ? ": " : "", told ? why : "");
    if (trouble)
        speech_plain(speech, trouble);
    if (!rollout_state_final(rollout->state))
        speech_field(speech, "Next", next);
    speech_field(speech, "You may", may);
    speech_printf(speech, "Asked for by %s at %s: %s",
                  rollout->requested_by ? rollout->requested_by : "somebody", opened,
                  rollout->reason ? rollout->reason : "no reason");
}

static void say_event(struct speech *speech, const struct event *event)
{
    const char *cell = story_cell(event);
    g_autofree char *clock = mark_clock(event->at_ms);
    g_autofree char *told = story_sentence(event);
    speech_printf(speech, "%sZ %s%s%s", clock, cell ? cell : "", cell ? ": " : "", told);
}

/* The newest first. */
static void say_newest(struct speech *speech, const struct deck *deck, guint most)
{
    guint said = 0;
    for (guint i = deck->events->len; i-- > 0 && said < most;) {
        const struct event *event = g_ptr_array_index(deck->events, i);
        if (!deck_worth_telling(event))
            continue;
        say_event(speech, event);
        said++;
    }
}

void say_log(struct speech *speech, const struct deck *deck)
{
    speech_line(speech, "Events, newest first:");
    say_newest(speech, deck, LOG_MOST);
}

void say_rollout(struct speech *speech, const struct deck *deck)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    if (!rollout) {
        speech_line(speech, "There is no rollout yet. `start VERSION` starts one, with --write.");
        return;
    }
    say_title(speech, deck, rollout);
    gssize wave = -1;
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if ((gssize)cell->wave != wave)
            say_wave(speech, rollout, cell->wave);
        wave = (gssize)cell->wave;
        say_rollout_cell(speech, deck, rollout, cell);
    }
    say_log(speech, deck);
}

void say_events(struct speech *speech, const struct deck *deck)
{
    const struct operation *operation = deck_operation(deck, deck->operation);
    if (!operation) {
        speech_line(speech,
                    deck->operations->len ? "No such operation." : "Nothing has been done yet.");
        return;
    }
    speech_printf(speech, "%s, %s %s: %s. Asked for by %s: %s", operation->id, operation->kind,
                  operation->subject, operation->state, operation->actor,
                  operation->reason ? operation->reason : "no reason");
    speech_printf(speech, "What happened, newest first; `celldeck history show %s` has all of it:",
                  operation->id);
    say_newest(speech, deck, EVENTS_MOST);
}

void say_history(struct speech *speech, const struct deck *deck)
{
    if (deck->journal_error) {
        speech_field(speech, "The journal can't be read", deck->journal_error);
        return;
    }
    say_sheet(speech, deck,
              &(struct said_sheet){.sheet = view_of(VIEW_HISTORY)->sheet,
                                   .opens = VIEW_EVENTS,
                                   .what = "operation",
                                   .all = deck->operations,
                                   .whole = true});
}

static const char *version_of(const void *row)
{
    return ((const struct release_row *)row)->release->version;
}

void say_releases(struct speech *speech, const struct deck *deck)
{
    if (deck->releases_error) {
        speech_field(speech, "The releases can't be read", deck->releases_error);
        return;
    }
    if (!deck->releases) {
        speech_line(speech, "The git repository of releases has not been read yet.");
        return;
    }
    g_autoptr(GPtrArray) rows = release_rows(deck);
    say_sheet(speech, deck,
              &(struct said_sheet){.sheet = &releases_sheet,
                                   .opens = VIEW_RELEASE,
                                   .what = "release",
                                   .all = rows,
                                   .whole = true,
                                   .subject = version_of,
                                   .dash_is_none = true});
}
