/* The events of an operation: the newest first seen, each record read whole. */
#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ROWS = 22 };

static void append(struct deck *deck, const char *type, json_t *data)
{
    struct event *event = g_new0(struct event, 1);
    gint64 seq = deck->events->len + 1;
    *event = (struct event){.stream = g_strdup("r1"),
                            .seq = seq,
                            .id = g_strdup_printf("id%d", (int)seq),
                            .at_ms = 1795485600000 + seq,
                            .actor = g_strdup("alice"),
                            .type = g_strdup(type),
                            .data = data};
    g_ptr_array_add(deck->events, event);
}

/* Of the rollout r1. */
static struct deck *deck_new_with_events(guint n)
{
    OWN(config) config = small_fleet(NULL);
    struct deck *deck = deck_new(config, NULL);
    struct operation *operation = g_new0(struct operation, 1);
    *operation = (struct operation){.id = g_strdup("r1"),
                                    .kind = g_strdup("rollout"),
                                    .subject = g_strdup("5.0.3"),
                                    .state = g_strdup("running"),
                                    .cells = g_new0(char *, 1)};
    g_ptr_array_set_free_func(deck->operations, (GDestroyNotify)operation_free);
    g_ptr_array_add(deck->operations, operation);
    deck->operation = g_strdup("r1");
    g_ptr_array_unref(deck->events);
    deck->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (guint i = 0; i < n; i++)
        append(deck, "note", json_object());
    return deck;
}

static char *drawn(const struct deck *deck, void *state)
{
    struct canvas *canvas = canvas_new(ROWS, 80, false);
    const struct area area = {0, 0, ROWS, 80};
    view_events.prepare(state, deck, &area);
    view_events.draw(state, deck, canvas, &area);
    char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return dump;
}

/* Of the list: the numbers of its rows, in their order. */
static char *numbers_of(const char *screen)
{
    GString *numbers = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(screen, "\n", -1);
    for (char **line = lines; *line && !strstr(*line, "─"); line++) {
        if (g_utf8_strlen(*line, -1) < 8)
            continue;
        const char *from = g_utf8_offset_to_pointer(*line, 3);
        gint64 number = g_ascii_strtoll(from, NULL, 10);
        if (number > 0)
            g_string_append_printf(numbers, "%" G_GINT64_FORMAT " ", number);
    }
    return g_string_free(numbers, FALSE);
}

static char *drawn_numbers(const struct deck *deck, void *state)
{
    g_autofree char *screen = drawn(deck, state);
    return numbers_of(screen);
}

#define EXPECT_NUMBERS(deck, state, expected)                                                      \
    do {                                                                                           \
        g_autofree char *as_drawn = drawn_numbers(deck, state);                                    \
        cr_expect_str_eq(as_drawn, expected);                                                      \
    } while (0)

static void gate_says(struct deck *deck, const char *verdict, const char *code, const char *reason)
{
    append(deck, "gate",
           json_pack("{s:s, s:s, s:s, s:s, s:s}", "cell", "cell-1", "gate", "limits", "verdict",
                     verdict, "code", code, "reason", reason));
}

Test(view_events, the_newest_is_on_top_and_followed_until_somebody_looks_at_another)
{
    OWN(deck) deck = deck_new_with_events(30);
    void *state = view_events.open();
    g_autofree char *newest = drawn_numbers(deck, state);
    cr_expect(g_str_has_prefix(newest, "30 29 "), "%s", newest);
    append(deck, "note", json_object());
    g_autofree char *followed = drawn_numbers(deck, state);
    cr_expect(g_str_has_prefix(followed, "31 30 "), "%s", followed);
    view_events.key(state, deck, REQUEST_LAST);
    append(deck, "note", json_object());
    g_autofree char *last = drawn_numbers(deck, state);
    cr_expect(g_str_has_suffix(last, " 2 1 ") && !strstr(last, "32"), "%s", last);
    view_events.close(state);
}

Test(view_events, a_record_longer_than_its_room_is_read_to_its_end)
{
    OWN(deck) deck = deck_new_with_events(1);
    void *state = view_events.open();
    g_autofree char *brief = drawn(deck, state);
    cr_expect_null(strstr(brief, "J/K"), "%s", brief);
    cr_expect_not(view_events.can(state, deck, REQUEST_MORE));
    json_t *data = json_object();
    for (int i = 0; i < 20; i++) {
        g_autofree char *key = g_strdup_printf("key%02d", i);
        json_object_set_new(data, key, json_integer(i));
    }
    append(deck, "note", data);
    g_autofree char *begun = drawn(deck, state);
    cr_expect(strstr(begun, "J/K: 1-7 of 23") && strstr(begun, "\"key00\""), "%s", begun);
    cr_expect(view_events.can(state, deck, REQUEST_MORE));
    for (int i = 0; i < 9; i++) {
        view_events.key(state, deck, REQUEST_MORE);
        g_autofree char *on_the_way = drawn(deck, state);
    }
    g_autofree char *end = drawn(deck, state);
    cr_expect(strstr(end, "J/K: 17-23 of 23") && strstr(end, "\"key19\""), "%s", end);
    view_events.key(state, deck, REQUEST_DOWN);
    g_autofree char *other = drawn(deck, state);
    cr_expect_null(strstr(other, "J/K"), "%s", other);
    view_events.close(state);
}

Test(view_events, what_did_not_change_the_course_is_hidden_counted_and_shown_by_a_key)
{
    OWN(deck) deck = deck_new_with_events(0);
    void *state = view_events.open();
    append(deck, "deploy.seen", json_pack("{s:s}", "cell", "cell-1"));
    gate_says(deck, "PENDING", "too few", "not yet");
    gate_says(deck, "PASS", "ok", "within their limits");
    gate_says(deck, "HOLD", "no data", "3 periods without data");
    gate_says(deck, "PASS", "ok", "within their limits");
    append(deck, "deploy.called", json_pack("{s:s}", "cell", "cell-1"));
    g_autofree char *course = drawn(deck, state);
    g_autofree char *numbers = numbers_of(course);
    cr_expect_str_eq(numbers, "5 4 1 ", "a gate that is not against it any more is news");
    cr_expect(strstr(course, "2 of 6 are hidden, a: all"), "%s", course);
    cr_expect(view_events.can(state, deck, REQUEST_ALL));
    view_events.key(state, deck, REQUEST_ALL);
    g_autofree char *all = drawn(deck, state);
    g_autofree char *every = numbers_of(all);
    cr_expect_str_eq(every, "6 5 4 2 1 ");
    cr_expect(strstr(all, "all 6, a: fewer"), "%s", all);
    view_events.key(state, deck, REQUEST_ALL);
    EXPECT_NUMBERS(deck, state, "5 4 1 ");
    view_events.close(state);
}

Test(view_events, what_a_gate_repeats_is_one_row_with_how_often_and_opens_to_a_row_a_time)
{
    OWN(deck) deck = deck_new_with_events(0);
    void *state = view_events.open();
    append(deck, "deploy.intent", json_pack("{s:s}", "cell", "cell-1"));
    for (int i = 0; i < 3; i++) {
        gate_says(deck, "HOLD", "no data", "3 periods without data");
        gate_says(deck, "HOLD", "not attributable", "the controls share it");
    }
    g_autofree char *folded = drawn(deck, state);
    g_autofree char *numbers = numbers_of(folded);
    cr_expect_str_eq(numbers, "7 6 1 ");
    cr_expect(strstr(folded, "3× since ") && strstr(folded, "▸"), "%s", folded);
    cr_expect(view_events.can(state, deck, REQUEST_OPEN));
    view_events.key(state, deck, REQUEST_OPEN);
    EXPECT_NUMBERS(deck, state, "7 6 5 3 1 ");
    append(deck, "resume", json_object());
    EXPECT_NUMBERS(deck, state, "8 7 6 5 3 1 ");
    view_events.key(state, deck, REQUEST_OPEN);
    EXPECT_NUMBERS(deck, state, "8 7 6 1 ");
    gate_says(deck, "HOLD", "not attributable", "the controls share it");
    EXPECT_NUMBERS(deck, state, "9 8 6 1 ");
    g_autofree char *after = drawn(deck, state);
    cr_expect(strstr(after, "4× since ") != NULL, "%s", after);
    append(deck, "deploy.intent", json_pack("{s:s}", "cell", "cell-1"));
    gate_says(deck, "HOLD", "not attributable", "the controls share it");
    EXPECT_NUMBERS(deck, state, "11 10 9 8 6 1 ");
    view_events.close(state);
}

Test(view_events, a_filter_that_finds_nothing_says_that_more_is_hidden)
{
    OWN(deck) deck = deck_new_with_events(1);
    void *state = view_events.open();
    gate_says(deck, "PASS", "ok", "within their limits");
    g_free(deck->filter);
    deck->filter = g_strdup("limits");
    g_autofree char *none = drawn(deck, state);
    cr_expect(strstr(none, "no event passes the filter (a looks at all)"), "%s", none);
    view_events.key(state, deck, REQUEST_ALL);
    EXPECT_NUMBERS(deck, state, "2 ");
    view_events.close(state);
}
