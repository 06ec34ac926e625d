/* What is said line by line: words for signs, what is told of a change, screens as sentences. */
#include "data/base/when.h"
#include "tests/unit/small_fleet.h"
#include "tui/linear/news.h"
#include "tui/linear/plain.h"
#include "tui/linear/say.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

static void expect_said(const char *said, const char *text)
{
    cr_expect(strstr(said, text) != NULL, "%s is not in\n%s", text, said);
}

Test(plain, a_sign_is_said_by_its_word_or_left_to_the_word_beside_it)
{
    static const char *const pairs[][2] = {
        {"✖ cell-2 unhealthy · 5.0.2 → 5.0.3", "cell-2 unhealthy; 5.0.2 to 5.0.3"},
        {"≥12 tenants", "at least 12 tenants"},
        {"? STALE 6m", "STALE 6m"},
        {"cost –", "cost not known"},
        {"–", "not known"},
        {"1–3", "1–3"},
        {"4.0× too fast …", "4.0 times too fast ..."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *said = plain_words(pairs[i][0]);
        cr_expect_str_eq(said, pairs[i][1]);
    }
}

/* small_fleet as of NOW + `later_ms`, cell-1's error rate being `errors`; `why` eu-west-1's metrics
 * can't be read. */
static struct snapshot *read_fleet(struct config *config, double errors, const char *why,
                                   gint64 later_ms)
{
    struct cell_reading readings[4];
    gint64 now_ms = NOW + later_ms;
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(now_ms);
    set_series(&readings[1], METRIC_ERROR_RATE, steady(errors, 10, now_ms));
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, now_ms, NULL));
    g_ptr_array_add(sources, source_new("metrics eu-west-1", why ? SOURCE_ERROR : SOURCE_OK,
                                        now_ms - 1000, why));
    const struct fleet_input input = {config, readings, NULL, sources, 0.04, NULL};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

static void look(struct news *news, struct deck *deck, double errors, const char *why,
                 gint64 later_ms)
{
    OWN(snapshot) snapshot = read_fleet(deck->config, errors, why, later_ms);
    deck->now_ms = NOW + later_ms;
    deck_set_snapshot(deck, snapshot);
    news_look(news, deck);
}

static struct deck *new_deck(void)
{
    OWN(config) config = small_fleet(NULL);
    return deck_new(config, NULL);
}

/* All that waits, a line each. */
static char *taken(struct news *news, guint most)
{
    g_autoptr(GPtrArray) lines = news_take(news, most);
    GString *text = g_string_new(NULL);
    cr_expect_leq(lines->len, most);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n",
                               ((struct news_line *)g_ptr_array_index(lines, i))->text);
    return g_string_free(text, FALSE);
}

Test(news, what_is_there_at_the_first_look_is_no_news)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 9.0, "no answer", 0);
    cr_expect_eq(news_waiting(news), 0);
}

Test(news, a_cell_that_falls_ill_is_told_with_its_cause_and_that_it_is_well_again)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 0.1, NULL, 0);
    look(news, deck, 9.0, NULL, 60000);
    g_autofree char *ill = taken(news, 6);
    expect_said(ill, "Z cell-1 unhealthy");
    expect_said(ill, "9.0 %");
    expect_said(ill, "it was healthy");
    look(news, deck, 0.1, NULL, 120000);
    g_autofree char *well = taken(news, 6);
    expect_said(well, "cell-1 is healthy again; it was unhealthy");
}

Test(news, figures_and_ages_that_move_are_no_news)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 9.0, "CloudWatch: no answer", 0);
    look(news, deck, 11.5, "CloudWatch: no answer", 60000);
    g_autofree char *said = taken(news, 6);
    cr_expect_str_eq(said, "");
}

Test(news, a_cell_that_was_ill_and_is_well_before_anybody_heard_is_told_of_once)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 0.1, NULL, 0);
    for (int i = 1; i <= 8; i++)
        look(news, deck, i % 2 ? 9.0 : 0.1, NULL, i * 60000);
    cr_expect_eq(news_waiting(news), 1);
    g_autofree char *said = taken(news, 6);
    expect_said(said, "cell-1 is healthy again");
}

/* The first cell answers as `version`; all is well. */
static void look_at_version(struct news *news, struct deck *deck, const char *version)
{
    OWN(snapshot) snapshot = read_fleet(deck->config, 0.1, NULL, 0);
    snapshot->cells[0].version = version;
    deck_set_snapshot(deck, snapshot);
    news_look(news, deck);
}

Test(news, a_version_that_flaps_is_told_against_what_people_have_heard)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    deck->now_ms = NOW;
    look_at_version(news, deck, "5.0.2");
    look_at_version(news, deck, "5.0.3");
    look_at_version(news, deck, "5.0.2");
    cr_expect_eq(news_waiting(news), 0, "it is as it was before anybody heard of another");
    look_at_version(news, deck, "5.0.3");
    look_at_version(news, deck, "5.0.4");
    g_autofree char *said = taken(news, 6);
    expect_said(said, "answers as 5.0.4; it was 5.0.2");
    look_at_version(news, deck, "5.0.2");
    g_autofree char *back = taken(news, 6);
    expect_said(back, "answers as 5.0.2; it was 5.0.4");
}

Test(news, a_source_is_told_when_it_fails_with_why_and_when_it_is_read_again)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 0.1, NULL, 0);
    look(news, deck, 0.1, "CloudWatch: no answer", 1000);
    look(news, deck, 0.1, "CloudWatch: no answer", 2000);
    g_autofree char *failed = taken(news, 6);
    expect_said(failed, "can't be read: metrics eu-west-1: CloudWatch: no answer");
    cr_expect_null(strchr(strchr(failed, '\n') + 1, '\n'), "it is said once: %s", failed);
    look(news, deck, 0.1, NULL, 3000);
    g_autofree char *again = taken(news, 6);
    expect_said(again, "read again: metrics eu-west-1");
}

static struct event *new_event(gint64 seq, gint64 at_ms, const char *type, const char *data)
{
    struct event *event = g_new0(struct event, 1);
    *event = (struct event){.stream = g_strdup("r1"),
                            .seq = seq,
                            .id = g_strdup("x"),
                            .at_ms = at_ms,
                            .actor = g_strdup("alice"),
                            .type = g_strdup(type),
                            .data = json_loads(data, 0, NULL)};
    return event;
}

/* The newest is on top. */
static void append(struct deck *deck, gint64 seq, const char *type, const char *data)
{
    g_ptr_array_insert(deck->tail, 0, new_event(seq, NOW + seq, type, data));
}

static struct deck *deck_with_events(void)
{
    struct deck *deck = new_deck();
    g_ptr_array_unref(deck->tail);
    deck->tail = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    append(deck, 1, "opened", "{\"kind\": \"rollout\", \"subject\": \"5.0.3\"}");
    return deck;
}

Test(news, each_event_of_the_journal_is_told_once)
{
    OWN(deck) deck = deck_with_events();
    OWN(news) news = news_new();
    news_look(news, deck);
    append(deck, 2, "gate",
           "{\"cell\": \"cell-1\", \"gate\": \"limits\", \"verdict\": \"FAIL\", \"reason\": "
           "\"error rate 9 %\"}");
    news_look(news, deck);
    news_look(news, deck);
    g_autofree char *said = taken(news, 6);
    expect_said(said, "Z r1 cell-1: gate limits FAIL: error rate 9 %");
    cr_expect_null(strstr(said, "opened"));
    cr_expect_eq(strchr(said, '\n')[1], '\0');
}

Test(news, of_too_many_changes_the_most_urgent_are_said_and_the_rest_counted)
{
    OWN(deck) deck = deck_with_events();
    OWN(news) news = news_new();
    news_look(news, deck);
    for (int i = 2; i < 30; i++)
        append(deck, i, "wave.started", "{\"wave\": \"dev\"}");
    append(deck, 30, "rollback.failed", "{\"cell\": \"cell-1\", \"error\": \"no such task\"}");
    for (int i = 31; i < 40; i++)
        append(deck, i, "resume", "{}");
    news_look(news, deck);
    g_autofree char *said = taken(news, 6);
    expect_said(said, "ROLLBACK FAILED: no such task");
    expect_said(said, "and 33 more changes");
    cr_expect_eq(news_waiting(news), 0);
}

Test(news, many_cells_that_change_alike_are_told_in_one_line)
{
    OWN(deck) deck = new_deck();
    OWN(news) news = news_new();
    look(news, deck, 0.1, NULL, 0);
    OWN(snapshot) old = snapshot_again(deck->snapshot, NOW + 60 * WHEN_MINUTE);
    deck->now_ms = NOW + 60 * WHEN_MINUTE;
    deck_set_snapshot(deck, old);
    news_look(news, deck);
    guint n = deck->config->cells->len;
    g_autofree char *expected = g_strdup_printf("Z %u cells are stale: ", n);
    g_autofree char *said = taken(news, 2);
    expect_said(said, expected);
}

static char *said_of(struct deck *deck, enum view_id view, const char *subject, const char *filter)
{
    OWN(speech) speech = speech_new();
    say_choose(deck, view, subject, filter);
    say_screen(speech, deck);
    g_ptr_array_add(speech->lines, NULL);
    return g_strjoinv("\n", (char **)speech->lines->pdata);
}

Test(say, every_screen_is_said_without_signs_and_nothing_read_is_said_so)
{
    static const char *const signs[] = {"✖", "●", "▲", "✔", "◔", "↺", "·", "─", "…"};
    OWN(deck) deck = new_deck();
    for (int read = 0; read < 2; read++) {
        for (int view = 0; view < VIEW_COUNT; view++) {
            const char *subject = view == VIEW_CELL ? "cell-1" : NULL;
            g_autofree char *said = said_of(deck, (enum view_id)view, subject, NULL);
            cr_expect(view == VIEW_MESSAGES || *said, "%s", view_entry((enum view_id)view)->name);
            for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
                cr_expect_null(strstr(said, signs[i]), "%s: %s",
                               view_entry((enum view_id)view)->name, said);
        }
        OWN(snapshot) snapshot = read_fleet(deck->config, 9.0, "no answer", 0);
        deck->now_ms = NOW;
        deck_set_snapshot(deck, snapshot);
    }
}

Test(say, the_fleet_is_a_numbered_list_worst_first_with_states_as_words)
{
    OWN(deck) deck = new_deck();
    OWN(snapshot) snapshot = read_fleet(deck->config, 9.0, NULL, 0);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    g_autofree char *said = said_of(deck, VIEW_FLEET, NULL, NULL);
    expect_said(said, "\n1. cell-1: state unhealthy; ");
    g_autofree char *found = said_of(deck, VIEW_FLEET, NULL, "state:unhealthy");
    expect_said(found, "1 of ");
    cr_expect_null(strstr(found, "\n2. "), "%s", found);
}

Test(say, the_brief_begins_with_who_looks_names_each_cell_that_is_not_well_and_what_to_type_next)
{
    OWN(deck) deck = new_deck();
    OWN(snapshot) snapshot = read_fleet(deck->config, 9.0, "CloudWatch: no answer", 0);
    OWN(speech) speech = speech_new();
    deck->now_ms = NOW;
    deck->actor = g_strdup("alice");
    keymap_by_word(deck->keymap);
    deck_set_snapshot(deck, snapshot);
    say_brief(speech, deck);
    expect_said(g_ptr_array_index(speech->lines, 0), "read-only: --write may act. You are alice");
    g_ptr_array_add(speech->lines, NULL);
    g_autofree char *said = g_strjoinv("\n", (char **)speech->lines->pdata);
    expect_said(said, "\n1. cell-1 unhealthy");
    expect_said(said,
                "\nNext: `cell cell-1` for its alarms and its probe: no rollout touches it now");
    expect_said(said, "eu-west-1 ERROR");
    expect_said(said, "Could not be read: metrics eu-west-1: CloudWatch: no answer");
    cr_expect_eq(((struct speech_item *)speech->items->pdata[0])->view, VIEW_CELL);
}
