#include "tests/monkey/monkey.h"

#include <stdio.h>
#include <sys/wait.h>

#define PULLS_EVERY 97
#define LOOKS_EVERY 150

static void tell_end(struct seat *seat, const struct monkey *monkey, const char *typed)
{
    enum { LAST_WORDS = 3000 };
    while (seat_draw(seat, 10))
        ;
    g_autofree char *last = g_strescape(typed, NULL);
    gsize from = seat->said->len - MIN(seat->said->len, LAST_WORDS);
    g_autofree char *words = g_strescape(seat->said->str + from, NULL);
    printf("  it ended (wait status %x) after %u keys, the last \"%s\"; its last words:\n  %s\n",
           (unsigned)seat->status, monkey->keys, last, words);
}

static bool alive(struct seat *seat, const struct monkey *monkey, const GString *typed)
{
    if (waitpid(seat->child, &seat->status, WNOHANG) == 0)
        return true;
    tell_end(seat, monkey, typed->str);
    seat->child = 0;
    return false;
}

/* It must not type more than a terminal's queue holds: the rest would be lost, or cut in two. */
static void type_one(struct seat *seat, const GString *typed)
{
    seat_type_bytes(seat, typed->str, typed->len);
    while (seat_draw(seat, 0))
        ;
}

bool monkey_plays(struct monkey *monkey, struct seat *seat, guint n,
                  bool (*look)(struct seat *seat, gpointer data), gpointer data)
{
    for (guint i = 1; i <= n; i++) {
        GString *typed = monkey_types(monkey);
        type_one(seat, typed);
        bool on = seat_reads(seat) || alive(seat, monkey, typed);
        if (i % PULLS_EVERY == 0) {
            int rows, cols;
            monkey_pulls(monkey, &rows, &cols);
            seat_resize(seat, rows, cols);
        }
        if (on && look && i % LOOKS_EVERY == 0)
            on = look(seat, data) || (waitpid(seat->child, NULL, WNOHANG) != 0 &&
                                      (tell_end(seat, monkey, typed->str), false));
        g_string_free(typed, TRUE);
        if (!on) {
            printf("  (key %u)\n", monkey->keys);
            return false;
        }
    }
    return true;
}
