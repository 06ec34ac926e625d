/* The header's and help's words on cost, who polls and how long the credentials last. */
#include "tui/views/terms.h"

#include "data/base/when.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/header.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795489200000) /* 2026-11-24T03:00:00Z */

/* small_fleet, all of its sources read just now, polling at $0.04/h; `slowed` may be NULL. */
static struct deck *deck_of(const char *slowed)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4] = {0};
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW - 4000, NULL));
    g_ptr_array_add(sources, source_new("metrics us-east-1", SOURCE_OK, NOW - 4000, NULL));
    const struct fleet_input input = {config, readings, NULL, sources, 0.04, slowed};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    return deck;
}

static void set_end(struct deck *deck, gint64 left_ms)
{
    deck->keys =
        (struct aws_tenure){"profile ops (SSO session corp)", NOW + WHEN_HOUR, NOW + left_ms};
}

static char *header(const struct deck *deck, int cols)
{
    struct canvas *canvas = canvas_new(1, cols, false);
    header_draw(canvas, 0, deck, NULL);
    char *row = canvas_row(canvas, 0);
    canvas_free(canvas);
    return row;
}

static void expect_header(const struct deck *deck, int cols, const char *expected)
{
    g_autofree char *row = header(deck, cols);
    cr_expect(strstr(row, expected), "%d columns: %s is not in:\n%s", cols, expected, row);
}

Test(terms, a_header_of_80_columns_has_cost_and_sources_and_nothing_of_credentials_that_last)
{
    OWN(deck) deck = deck_of(NULL);
    expect_header(deck, 80,
                  " small  READ-ONLY  $0.04/h  registry 4s  us-east-1 4s"
                  "                03:00:00Z");
    set_end(deck, WHEN_HOUR);
    g_autofree char *row = header(deck, 80);
    cr_expect_null(strstr(row, "keys"), "%s", row);
}

Test(terms, credentials_that_end_within_half_an_hour_are_in_every_header)
{
    OWN(deck) deck = deck_of(NULL);
    set_end(deck, 12 * WHEN_MINUTE);
    expect_header(deck, 40, "READ-ONLY  keys end in 12m");
    expect_header(deck, 80, "READ-ONLY  keys end in 12m  $0.04/h  2 sources ok");
    expect_header(deck, 120, "READ-ONLY  credentials: end 03:12 (in 12m)  $0.04/h");
    expect_header(deck, 250, "profile ops (SSO session corp): end 03:12 (in 12m)  $0.04/h");
    set_end(deck, 0);
    expect_header(deck, 80, "keys ENDED  $0.04/h");
    expect_header(deck, 120, "credentials ENDED 03:00");
}

Test(terms, polling_that_is_slowed_is_marked)
{
    OWN(deck) deck = deck_of("the rest is asked every fifth period: aws.max_usd_per_hour is $0.04");
    expect_header(deck, 80, "$0.04/h▲  registry");
    expect_header(deck, 120, "$0.04/h▲ slowed");
}

Test(terms, help_has_them_whole)
{
    OWN(deck) deck = deck_of("the rest is asked every fifth period");
    set_end(deck, WHEN_HOUR);
    g_autoptr(GPtrArray) lines = terms_lines(deck);
    cr_assert_eq(lines->len, 3);
    cr_expect_str_eq(lines->pdata[0], "Polling: by nobody, $0.04 an hour");
    cr_expect_str_eq(lines->pdata[1], "▲ the rest is asked every fifth period");
    cr_expect_str_eq(lines->pdata[2], "Credentials: profile ops (SSO session corp), whose session "
                                      "ends 2026-11-24T04:00:00Z");
}

Test(terms, a_clock_that_is_not_awss_is_said_at_every_width)
{
    OWN(deck) deck = deck_of(NULL);
    deck->skew_ms = -10 * WHEN_MINUTE;
    expect_header(deck, 40, "▲ clock 10m off");
    expect_header(deck, 80, "▲ clock 10m off  $0.04/h  2 sources ok");
    expect_header(deck, 160, "▲ clock 10m ahead of AWS's  $0.04/h");
    deck->skew_ms = G_MININT64;
    g_autofree char *line = header(deck, 240);
    cr_expect(strstr(line, "clock") == NULL, "%s", line);
}

Test(terms, sources_without_room_for_a_name_say_in_words_how_many_are_bad)
{
    OWN(deck) deck = deck_of(NULL);
    deck->actor = g_strdup("alice");
    deck->host = g_strdup("bastion-1");
    GPtrArray *sources = deck->snapshot->sources;
    g_ptr_array_add(sources, source_new("metrics eu-west-1", SOURCE_ERROR, NOW - 17000, "no"));
    g_ptr_array_add(sources, source_new("probe cell-eu", SOURCE_ERROR, NOW - 17000, "no"));
    g_ptr_array_add(sources, source_new("metrics eu-west-2", SOURCE_OK, NOW - 1000, NULL));
    expect_header(deck, 80, "eu-west-1 ERROR 17s  ✖1 bad");
    expect_header(deck, 40, "READ-ONLY  alice  ✖2 bad");
    ((struct source *)sources->pdata[2])->state = SOURCE_STALE;
    ((struct source *)sources->pdata[3])->state = SOURCE_STALE;
    expect_header(deck, 40, "READ-ONLY  alice  ?2 bad");
    ((struct source *)sources->pdata[2])->state = SOURCE_OK;
    ((struct source *)sources->pdata[3])->state = SOURCE_OK;
    expect_header(deck, 40, "READ-ONLY  alice");
    g_autofree char *well = header(deck, 40);
    cr_expect_null(strstr(well, "bad"), "%s", well);
}

Test(terms, a_header_of_80_columns_says_who_one_is_here_and_to_aws_before_what_polling_costs)
{
    OWN(deck) deck = deck_of(NULL);
    deck->actor = g_strdup("alice");
    deck->host = g_strdup("bastion-1");
    expect_header(deck, 80, "READ-ONLY  alice@bastion-1  $0.04/h  2 sources ok");
    deck->arn = g_strdup("arn:aws:sts::123456789012:assumed-role/ops/alice");
    expect_header(deck, 80, "READ-ONLY  alice@bastion-1 as ops/alice  2 sources ok");
    g_free(deck->actor);
    deck->actor = g_strdup("alice@2001:db8:85a3:8d3:1319:8a2e:370:7348");
    expect_header(deck, 80, "READ-ONLY  alice as ops/alice  $0.04/h  2 sources ok");
    g_autoptr(GPtrArray) lines = terms_lines(deck);
    cr_expect_str_eq(lines->pdata[0], "You: alice@2001:db8:85a3:8d3:1319:8a2e:370:7348 on "
                                      "bastion-1, to AWS "
                                      "arn:aws:sts::123456789012:assumed-role/ops/alice");
}
