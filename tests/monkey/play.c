#include "tests/monkey/monkey.h"

#include <stdio.h>
#include <sys/wait.h>

#define PULLS_EVERY 97
#define LOOKS_EVERY 150

static bool alive(struct seat *seat, const struct monkey *monkey, const GString *typed)
{
    if (waitpid(seat->child, &seat->status, WNOHANG) == 0)
        return true;
    while (seat_draw(seat, 10))
        ;
    g_autofree char *text = seat_text(seat);
    g_autofree char *last = g_strescape(typed->str, NULL);
    enum { LAST_WORDS = 3000 };
    gsize from = seat->said->len - MIN(seat->said->len, LAST_WORDS);
    g_autofree char *words = g_strescape(seat->said->str + from, NULL);
    printf("  it ended (wait status %x) after %u keys, the last \"%s\"\n%s  its last words: %s\n",
           (unsigned)seat->status, monkey->keys, last, text, words);
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
        g_string_free(typed, TRUE);
        if (i % PULLS_EVERY == 0) {
            int rows, cols;
            monkey_pulls(monkey, &rows, &cols);
            seat_resize(seat, rows, cols);
        }
        if (!on || (look && i % LOOKS_EVERY == 0 && !look(seat, data))) {
            printf("  (key %u)\n", monkey->keys);
            return false;
        }
    }
    return true;
}
