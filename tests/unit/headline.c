/* Who carries a rollout on, and what to do where nobody does, in one line. */
#include "tui/views/headline.h"

#include "rollout/conductor.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

static struct deck *a_deck(void)
{
    OWN(config) config = small_fleet(NULL);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    return deck;
}

static void expect_said(const char *line, const char *text)
{
    cr_assert(line);
    cr_expect(strstr(line, text), "%s: %s", text, line);
}

Test(headline, a_rollout_that_nobody_conducts_is_said_with_what_to_do)
{
    OWN(deck) deck = a_deck();
    g_autofree char *id = g_strdup("r1");
    struct rollout rollout = {.id = id, .state = ROLLOUT_RUNNING, .opened_ms = NOW - 60000};
    g_autofree char *nobody = headline_conductor(deck, &rollout);
    expect_said(nobody, "nobody conducts r1: run `celldeck conductor");
    struct conductor_info *info = g_new0(struct conductor_info, 1);
    *info = (struct conductor_info){.alive = true,
                                    .host = g_strdup("bastion-1"),
                                    .pid = 77,
                                    .heartbeat_ms = NOW - 9000,
                                    .lease_ms = 30000};
    g_hash_table_insert(deck->conductors, g_strdup("r1"), info);
    cr_expect_null(headline_conductor(deck, &rollout));
    rollout.troubles[TROUBLE_BLIND] =
        (struct rollout_trouble){(char *)"metrics us-east-1: never read", NOW - 300000};
    g_autofree char *blind = headline_conductor(deck, &rollout);
    expect_said(blind, "the conductor of r1 has been blind for 5m: metrics us-east-1: never read");
    info->heartbeat_ms = NOW - 45000;
    g_autofree char *silent = headline_conductor(deck, &rollout);
    expect_said(silent, "process 77 on bastion-1) has been silent for 45s");
    info->alive = false;
    g_autofree char *dead = headline_conductor(deck, &rollout);
    expect_said(dead, "nobody conducts r1, for 45s: run");
    rollout.state = ROLLOUT_COMPLETED;
    cr_expect_null(headline_conductor(deck, &rollout));
}

Test(headline, of_a_copy_that_is_behind_it_is_not_said_that_nobody_conducts)
{
    OWN(deck) deck = a_deck();
    struct rollout rollout = {
        .id = (char *)"r1", .state = ROLLOUT_RUNNING, .opened_ms = NOW - 60000};
    deck->copy_trouble = g_strdup("the copy of the journal was last read 5m ago: no answer");
    g_autofree char *behind = headline_conductor(deck, &rollout);
    expect_said(behind, "the copy of the journal was last read 5m ago");
    cr_expect_null(strstr(behind, "nobody conducts"));
}
