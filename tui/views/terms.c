#include "tui/views/terms.h"

#include "data/aws/skew.h"
#include "data/base/when.h"
#include "rollout/tenure.h"
#include "tui/views/marks.h"

#include <string.h>

/* Widths of the screen from which on there is room. */
enum { COST_COLS = 80, WORDS_COLS = 120, ALL_COLS = 180 };

/* "keys end in 12m"; wider "credentials end 14:05 (in 12m)", "profile ops (...): end ...". */
static char *keys_text(const struct deck *deck, enum tenure_stage stage, int cols)
{
    gint64 end_ms = tenure_end_ms(&deck->keys);
    g_autofree char *at = mark_time(end_ms, deck->now_ms);
    g_autofree char *left = duration_short(end_ms - deck->now_ms);
    bool ended = stage == TENURE_ENDED;
    if (cols < WORDS_COLS)
        return ended ? g_strdup("keys ENDED") : g_strdup_printf("keys end in %s", left);
    const char *whose = cols < ALL_COLS ? "credentials" : deck->keys.origin;
    return ended ? g_strdup_printf("%s ENDED %s", whose, at)
                 : g_strdup_printf("%s: end %s (in %s)", whose, at, left);
}

int terms_draw_keys(struct canvas *canvas, int row, int col, int cols, const struct deck *deck)
{
    enum tenure_stage stage = tenure_stage(&deck->keys, deck->now_ms);
    if (stage == TENURE_FINE)
        return 0;
    g_autofree char *text = keys_text(deck, stage, canvas->cols);
    enum role role = stage == TENURE_ENDED ? ROLE_BAD : ROLE_WARN;
    return canvas_text(canvas, row, col, cols, role, text) + 2;
}

int terms_draw_clock(struct canvas *canvas, int row, int col, int cols, const struct deck *deck)
{
    g_autofree char *off = skew_words(deck->skew_ms);
    if (!off)
        return 0;
    if (canvas->cols < WORDS_COLS) /* sources have to have their place beside it */
        return canvas_printf(canvas, row, col, cols, ROLE_BAD, "▲ clock %.*s off",
                             (int)strcspn(off, " "), off) +
               2;
    return canvas_printf(canvas, row, col, cols, ROLE_BAD, "▲ clock %s", off) + 2;
}

static const char *who(const struct deck *deck)
{
    return deck->poller ? poller_who(deck->poller) : "nobody";
}

int terms_draw_polling(struct canvas *canvas, int row, int col, int cols, const struct deck *deck)
{
    int begun = col, end = col + cols;
    if (canvas->cols < COST_COLS || !deck->snapshot)
        return 0;
    const char *slowed = deck->snapshot->slowed;
    col += canvas_printf(canvas, row, col, end - col, slowed ? ROLE_WARN : ROLE_DIM, "$%.2f/h%s%s",
                         deck->snapshot->cost_usd_per_hour, slowed ? "▲" : "",
                         slowed && canvas->cols >= WORDS_COLS ? " slowed" : "");
    bool ours = g_str_has_prefix(who(deck), "this console");
    if (deck->poller && canvas->cols >= (ours ? ALL_COLS : WORDS_COLS))
        col += canvas_printf(canvas, row, col, end - col, ROLE_DIM, " by %s", who(deck));
    return col - begun + 2;
}

char *terms_who(const struct deck *deck)
{
    if (!deck->actor)
        return NULL;
    return g_strdup_printf("%s%s%s, to AWS %s", deck->actor, deck->host ? " on " : "",
                           deck->host ? deck->host : "", deck->arn ? deck->arn : "not known (yet)");
}

GPtrArray *terms_lines(const struct deck *deck)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    const struct snapshot *snapshot = deck->snapshot;
    g_autofree char *you = terms_who(deck);
    if (you)
        g_ptr_array_add(lines, g_strdup_printf("You: %s", you));
    if (snapshot)
        g_ptr_array_add(lines, g_strdup_printf("Polling: by %s, $%.2f an hour", who(deck),
                                               snapshot->cost_usd_per_hour));
    if (snapshot && snapshot->slowed)
        g_ptr_array_add(lines, g_strdup_printf("▲ %s", snapshot->slowed));
    if (deck->keys.origin) {
        g_autofree char *words = tenure_words(&deck->keys);
        g_ptr_array_add(lines, g_strdup_printf("Credentials: %s", words));
    }
    g_autofree char *off = skew_words(deck->skew_ms);
    if (off)
        g_ptr_array_add(lines, g_strdup_printf("▲ Clock: this machine's is %s, and ages on screen "
                                               "are wrong by as much; let it follow a time server",
                                               off));
    return lines;
}
