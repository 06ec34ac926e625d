/* The fleet as a whole, and who looks at it. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/linear/plain.h"
#include "tui/linear/say_sheet.h"
#include "tui/views/fleet_columns.h"
#include "tui/views/header.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"
#include "tui/views/steps_head.h"
#include "tui/views/tenants_columns.h"
#include "tui/views/terms.h"
#include "tui/views/unread.h"

#include <string.h>

enum { BRIEF_MOST = 8 }; /* cells that a brief tells of */

char *say_cell_sentence(const struct deck *deck, const struct cell *cell)
{
    enum role role;
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_autofree char *age = duration_short(MAX(0, deck->now_ms - cell->since_ms));
    if (cell->health == HEALTH_HEALTHY || cell->health == HEALTH_STANDBY)
        return g_strdup_printf("%s %s%s%s", cell->config->id, health_name(cell->health),
                               cell->since_ms > 0 ? " for " : "", cell->since_ms > 0 ? age : "");
    g_ptr_array_add(alone, (gpointer)cell);
    g_autofree char *sentence = headline(deck, alone, &role);
    return plain_words(sentence);
}

/* As on top of the screen; `opens`: the worst cell, where one is not well, as an item. */
static void say_headline(struct speech *speech, const struct deck *deck, const GPtrArray *cells,
                         bool opens)
{
    enum role role;
    g_autofree char *sentence = headline(deck, cells, &role), *next = headline_next(deck, cells);
    if (next && opens) {
        const struct cell *worst = g_ptr_array_index(cells, 0);
        g_autofree char *words = plain_words(sentence);
        speech_item(speech, VIEW_CELL, worst->config->id, words);
    } else {
        speech_plain(speech, sentence);
    }
    speech_field(speech, "Next", next);
}

void say_fleet(struct speech *speech, const struct deck *deck)
{
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    say_headline(speech, deck, cells, false);
    if (deck->snapshot)
        say_sheet(speech, deck,
                  &(struct said_sheet){.sheet = &fleet_sheet,
                                       .opens = VIEW_CELL,
                                       .what = "cell",
                                       .all = cells,
                                       .whole = true});
}

void say_tenants(struct speech *speech, const struct deck *deck)
{
    const struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    if (!registry) {
        speech_line(speech, "The registry has not been read yet.");
        return;
    }
    if (deck->snapshot->unplaced > 0)
        speech_printf(speech, "%" G_GINT64_FORMAT " in no cell of ours.", deck->snapshot->unplaced);
    say_sheet(speech, deck,
              &(struct said_sheet){.sheet = &tenants_sheet,
                                   .opens = VIEW_TENANT,
                                   .what = "tenant",
                                   .all = registry->tenants,
                                   .whole = registry->complete});
}

static void say_who(struct speech *speech, const struct deck *deck)
{
    g_autofree char *clock = mark_clock(deck->now_ms);
    g_autofree char *who = terms_who(deck);
    speech_printf(speech, "celldeck, fleet %s, %s. You are %s. It is %sZ.", deck->config->name,
                  deck->write && deck->cant_act ? "NO RECORD: nothing you do could be recorded"
                  : deck->write                 ? "WRITE: you may act"
                                                : "read-only: --write may act",
                  who ? who : "not known", clock);
}

/* Worst first; what is well is only counted beyond the first few. */
static void say_sources(struct speech *speech, const struct deck *deck)
{
    g_autofree char *sources = header_sources_text(deck);
    speech_field(speech, "Sources", sources);
    g_autoptr(GPtrArray) unread = unread_lines(deck, G_MAXINT);
    for (guint i = 0; i < unread->len; i++)
        speech_field(speech, "Could not be read", g_ptr_array_index(unread, i));
}

/* What the headline tells of the worst, then each other cell that is not well, as an item. */
static void say_wrong(struct speech *speech, const struct deck *deck, const GPtrArray *cells)
{
    guint bad = 0;
    for (guint i = 0; i < cells->len; i++) {
        enum health health = ((const struct cell *)g_ptr_array_index(cells, i))->health;
        bad += health != HEALTH_HEALTHY && health != HEALTH_STANDBY;
    }
    if (bad > 0)
        speech_printf(speech, "%u of %u cells %s not well:", bad, cells->len,
                      bad == 1 ? "is" : "are");
    say_headline(speech, deck, cells, true);
    for (guint i = 1; i < MIN(bad, BRIEF_MOST); i++) {
        const struct cell *cell = g_ptr_array_index(cells, i);
        g_autofree char *sentence = say_cell_sentence(deck, cell);
        speech_item(speech, VIEW_CELL, cell->config->id, sentence);
    }
    if (bad > BRIEF_MOST)
        speech_printf(speech, "and %u more; `fleet` has them.", bad - BRIEF_MOST);
}

/* What is next of a rollout is not said where the headline has said it. */
static void say_under_way(struct speech *speech, const struct deck *deck, const GPtrArray *cells)
{
    enum role role;
    g_autofree char *said = headline(deck, cells, &role);
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (rollout_state_final(rollout->state))
            continue;
        g_autofree char *next = rollout_next(rollout, deck->operations, deck->now_ms);
        g_autofree char *trouble = headline_conductor(deck, rollout);
        g_autofree char *may = say_may(deck, rollout);
        bool told = strstr(said, next) != NULL;
        g_autofree char *text = g_strdup_printf(
            "%s %s %s%s%s%s%s%s%s", rollout->id, rollout->plan->version,
            rollout_state_name(rollout->state), told ? "" : "; next: ", told ? "" : next,
            trouble ? "; " : "", trouble ? trouble : "", *may ? "; you may: " : "", may);
        g_autofree char *words = plain_words(text);
        speech_item(speech, VIEW_ROLLOUT, rollout->id, words);
    }
}

/* What a held one waits for, the headline has said. */
static void say_failovers(struct speech *speech, const struct deck *deck)
{
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (failover_state_final(failover->state))
            continue;
        g_autofree char *brief = steps_brief(failover);
        g_autofree char *trouble = headline_failover_conductor(deck, failover);
        bool held = failover->state == FAILOVER_HELD;
        g_autofree char *next = held ? NULL : failover_next(failover);
        g_autofree char *text =
            g_strdup_printf("%s%s%s%s%s", brief, next ? "; next: " : "", next ? next : "",
                            trouble ? "; " : "", trouble ? trouble : "");
        g_autofree char *words = plain_words(text);
        speech_item(speech, VIEW_STEPS, failover->id, words);
    }
}

void say_brief(struct speech *speech, const struct deck *deck)
{
    g_autoptr(GPtrArray) cells = fleet_in_order(deck);
    say_who(speech, deck);
    say_sources(speech, deck);
    say_wrong(speech, deck, cells);
    say_under_way(speech, deck, cells);
    say_failovers(speech, deck);
    if (deck->journal_error)
        speech_field(speech, "The journal can't be read", deck->journal_error);
    speech_field(speech, "The journal", deck->copy_trouble);
    speech_field(speech, "The journal", deck->no_record);
    g_autoptr(GPtrArray) terms = terms_lines(deck);
    for (guint i = deck->actor ? 1 : 0; i < terms->len; i++) /* who people are was said first */
        speech_plain(speech, g_ptr_array_index(terms, i));
}
