/* What a line is answered by: what is on record as it is typed, not at the last look before. */
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"
#include "tests/unit/toy.h"
#include "tui/linear/linear_inside.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <string.h>

/* A rollout of whose events the last three are not on record yet. */
static struct {
    char *dir;
    struct toy *toy;
    struct journal *journal;
    struct config *config;
    struct linear linear;
} s;

static guint known(void)
{
    return s.toy->events->len - 3;
}

static void set_up(void)
{
    cr_redirect_stdout();
    s.dir = scratch_new();
    s.toy = toy_new(NULL);
    toy_run_until(s.toy, DEV, CELL_PASSED);
    s.journal = journal_open_file(s.dir, NULL);
    cr_assert_not_null(s.journal);
    toy_record(s.toy, s.journal, 1, known());
    s.config = small_fleet(NULL);
    s.linear = (struct linear){.deck = deck_new(s.config, s.dir),
                               .voice = voice_new(-1, true, NULL, NULL),
                               .news = news_new(),
                               .fd = -1};
    g_queue_init(&s.linear.lines);
    linear_read(&s.linear);
    news_look(s.linear.news, s.linear.deck);
}

static void tear_down(void)
{
    speech_free(s.linear.said);
    news_free(s.linear.news);
    voice_free(s.linear.voice);
    deck_free(s.linear.deck);
    config_unref(s.config);
    journal_close(s.journal);
    toy_free(s.toy);
    scratch_remove(s.dir);
}

static guint seen(void)
{
    return (guint)deck_rollout(s.linear.deck, "r1")->seq;
}

Test(linear_do, a_line_is_answered_by_what_is_on_record_as_it_is_typed, .init = set_up,
     .fini = tear_down)
{
    cr_assert_eq(seen(), known());
    toy_record(s.toy, s.journal, known() + 1, s.toy->events->len);
    linear_do(&s.linear, "rollout r1");
    cr_expect_eq(seen(), s.toy->events->len);
}

Test(linear_do, what_a_line_was_answered_by_is_told_as_news_all_the_same_and_once, .init = set_up,
     .fini = tear_down)
{
    toy_record(s.toy, s.journal, known() + 1, s.toy->events->len);
    linear_do(&s.linear, "rollout r1");
    news_look(s.linear.news, s.linear.deck);
    guint told = news_waiting(s.linear.news);
    cr_expect_gt(told, 0u);
    linear_do(&s.linear, "rollout r1");
    news_look(s.linear.news, s.linear.deck);
    cr_expect_eq(news_waiting(s.linear.news), told);
}
