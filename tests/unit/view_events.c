/* The events of an operation: the newest first seen, each record read whole. */
#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ROWS = 20 };

static void append(struct deck *deck, json_t *data)
{
    struct event *event = g_new0(struct event, 1);
    gint64 seq = deck->events->len + 1;
    *event = (struct event){.stream = g_strdup("r1"),
                            .seq = seq,
                            .id = g_strdup_printf("id%d", (int)seq),
                            .at_ms = 1795485600000 + seq,
                            .actor = g_strdup("alice"),
                            .type = g_strdup("note"),
                            .data = data};
    g_ptr_array_add(deck->events, event);
}

static struct deck *deck_new_with_events(guint n)
{
    OWN(config) config = small_fleet(NULL);
    struct deck *deck = deck_new(config, NULL);
    g_ptr_array_unref(deck->events);
    deck->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (guint i = 0; i < n; i++)
        append(deck, json_object());
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

Test(view_events, the_newest_is_selected_and_followed_until_somebody_looks_at_another)
{
    OWN(deck) deck = deck_new_with_events(30);
    void *state = view_events.open();
    g_autofree char *newest = drawn(deck, state);
    cr_expect(strstr(newest, "\n   30 ") != NULL, "%s", newest);
    append(deck, json_object());
    g_autofree char *followed = drawn(deck, state);
    cr_expect(strstr(followed, "\n   31 ") != NULL, "%s", followed);
    view_events.key(state, deck, REQUEST_FIRST);
    append(deck, json_object());
    g_autofree char *first = drawn(deck, state);
    cr_expect(strstr(first, "\n    1 ") && !strstr(first, "\n   32 "), "%s", first);
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
    append(deck, data);
    g_autofree char *begun = drawn(deck, state);
    cr_expect(strstr(begun, "J/K: 1-7 of 22") && strstr(begun, "\"key00\""), "%s", begun);
    cr_expect(view_events.can(state, deck, REQUEST_MORE));
    for (int i = 0; i < 9; i++) {
        view_events.key(state, deck, REQUEST_MORE);
        g_autofree char *on_the_way = drawn(deck, state);
    }
    g_autofree char *end = drawn(deck, state);
    cr_expect(strstr(end, "J/K: 16-22 of 22") && strstr(end, "\"key19\""), "%s", end);
    append(deck, json_object());
    g_autofree char *other = drawn(deck, state);
    cr_expect_null(strstr(other, "J/K"), "%s", other);
    view_events.close(state);
}
