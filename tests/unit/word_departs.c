/* What may be typed to take tenants elsewhere, to go on with that, and to take it back: each act of
 * what it is about, and of nothing else. */
#include "tests/unit/small_fleet.h"
#include "tui/linear/say.h"
#include "tui/linear/word.h"

#include <criterion/criterion.h>
#include <string.h>

static void add_operation(struct deck *deck, const char *id, const char *kind)
{
    struct operation *operation = g_new0(struct operation, 1);
    operation->id = g_strdup(id);
    operation->kind = g_strdup(kind);
    operation->state = g_strdup("running");
    operation->subject = g_strdup("cell-1");
    operation->actor = g_strdup("alice");
    operation->cells = g_new0(char *, 1);
    g_ptr_array_add(deck->operations, operation);
}

/* r1 and f1 are on record. */
static struct deck *new_deck(void)
{
    OWN(config) config = small_fleet(NULL);
    struct deck *deck = deck_new(config, NULL);
    g_ptr_array_set_free_func(deck->operations, (GDestroyNotify)operation_free);
    add_operation(deck, "f1", "failover");
    add_operation(deck, "r1", "rollout");
    return deck;
}

static char *refusal(const struct deck *deck, const char *line)
{
    struct word word;
    g_autoptr(GError) error = NULL;
    cr_expect_not(word_parse(deck, line, &word, &error), "%s", line);
    word_clear(&word);
    return g_strdup(error ? error->message : "");
}

Test(word_departs, a_rollout_is_nothing_that_could_be_reverted)
{
    OWN(deck) deck = new_deck();
    struct word word;
    cr_assert(word_parse(deck, "revert f1", &word, NULL));
    cr_expect_str_eq(word.operation, "f1");
    word_clear(&word);
    g_autofree char *why = refusal(deck, "revert r1");
    cr_expect_str_eq(why, "revert: there is no failover, drill or move r1; nothing was done");
}

Test(word_departs, what_is_reverted_is_named_by_its_id_and_no_cell)
{
    OWN(deck) deck = new_deck();
    g_autofree char *why = refusal(deck, "revert cell-1");
    cr_expect_str_eq(why, "revert: there is no failover, drill or move cell-1; nothing was done");
}

Test(word_departs, a_cell_is_failed_over_and_no_operation)
{
    OWN(deck) deck = new_deck();
    struct word word;
    cr_assert(word_parse(deck, "fail-over cell-1 to cell-1-dr", &word, NULL));
    cr_expect_str_eq(word.cell, "cell-1");
    cr_expect_str_eq(word.to, "cell-1-dr");
    word_clear(&word);
    g_autofree char *why = refusal(deck, "fail-over f1");
    cr_expect_str_eq(why, "fail-over: there is no cell f1; nothing was done");
    g_autofree char *two = refusal(deck, "fail-over cell-1 cell-eu");
    cr_expect(strstr(two, "cell-1 or cell-eu? Nothing was done"), "%s", two);
}

Test(word_departs, help_says_of_each_act_what_it_takes)
{
    OWN(deck) deck = new_deck();
    OWN(speech) speech = speech_new();
    deck->write = true;
    say_choose(deck, VIEW_HELP, NULL, NULL);
    say_screen(speech, deck);
    g_ptr_array_add(speech->lines, NULL);
    g_autofree char *said = g_strjoinv("\n", (char **)speech->lines->pdata);
    static const char *const lines[] = {"\nfail-over [CELL] [to CELL]: ",
                                        "\ndrill [CELL] [to CELL]: ",
                                        "\nmove-it CELL: ",
                                        "\nresume [ID]: ",
                                        "\nrevert [ID]: ",
                                        "\nretry [CELL] [ROLLOUT]: "};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        cr_expect(strstr(said, lines[i]), "%s is not in\n%s", lines[i], said);
}

Test(word_departs, what_could_be_reverted_is_offered)
{
    OWN(deck) deck = new_deck();
    struct failover *failover = failover_new("f1");
    gsize start;
    g_ptr_array_add(deck->failovers, failover);
    g_auto(GStrv) offers = word_offers(deck, "revert ", &start);
    static const char *const only[] = {"f1", NULL};
    cr_expect(g_strv_equal((const char *const *)offers, only));
}
