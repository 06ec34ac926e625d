#include "tests/monkey/monkey.h"

#include "data/journal.h"
#include "tests/monkey/pen.h"
#include "tests/monkey/picture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* The rows of the journal in the pen, all streams together; -1: it can't be read, or its chain is
 * broken. */
static gint64 events_in(const char *scratch)
{
    g_autofree char *state = world_state_dir(PEN_MOMENT);
    g_autofree char *dir = g_build_filename(scratch, state, NULL);
    g_autoptr(GError) error = NULL;
    OWN(journal) journal = journal_open_read_only(dir, &error);
    gint64 events = -1;
    if (!journal || !journal_verify(journal, &events, &error)) {
        printf("  %s\n", error->message);
        return -1;
    }
    return events;
}

/* A frame comes in pieces, and where the processors are taken the last of them may be on its way to
 * us for longer than whoever wrote it needs to sleep again. */
static bool has_drawn(struct seat *seat)
{
    return seat_idle(seat) && seat_idle(seat) && seat_idle(seat);
}

/* Nothing that it has begun (a plan) will still come back and change the picture. */
static bool works_alone(struct seat *seat)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%d/task/%d/children", (int)seat->child, (int)seat->child);
    gint64 until = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    for (;;) {
        g_autofree char *children = NULL;
        if (!seat_idle(seat) || !g_file_get_contents(path, &children, NULL, NULL))
            return false;
        if (g_get_monotonic_time() > until) {
            g_autofree char *first = g_strdup_printf("/proc/%d/stat", atoi(children));
            g_autofree char *stat = NULL;
            g_file_get_contents(first, &stat, NULL, NULL);
            printf("  its children never end: %s\n  %s\n", children, stat ? stat : "");
            return false;
        }
        if (!*children)
            return has_drawn(seat);
    }
}

/* SIGCONT: it believes that others have drawn here, and draws everything anew. No key, so nothing
 * else changes. */
static bool shows_what_it_should(struct seat *seat, gpointer looks)
{
    if (!works_alone(seat))
        return false;
    g_autofree char *before = picture_of(seat);
    gsize said = seat->said->len;
    kill(seat->child, SIGCONT);
    while (seat->said->len == said && waitpid(seat->child, &seat->status, WNOHANG) == 0)
        seat_draw(seat, 50);
    if (!has_drawn(seat))
        return false;
    g_autofree char *after = picture_of(seat);
    g_string_truncate(seat->said, 0);
    (*(guint *)looks)++;
    bool same = strcmp(before, after) == 0;
    if (!same)
        picture_differ(before, after);
    return same;
}

static bool leaves(struct seat *seat)
{
    seat_resize(seat, 24, 80);
    seat_type(seat, "\x1b[201~"); /* it may have left a paste open */
    for (int i = 0; i < 4 && seat_idle(seat); i++)
        seat_type(seat, "\x1b");
    seat_idle(seat);
    seat_type(seat, "q");
    bool ended = seat_ended(seat);
    if (ended && seat->status != 0) {
        g_autofree char *text = seat_text(seat);
        printf("  wait status %x\n%s", (unsigned)seat->status, text);
    }
    return ended && seat->status == 0 && seat_restored(seat);
}

static struct seat *sit_in_pen(const char *build, const char *scratch, bool write)
{
    g_autofree char *program = g_build_filename(build, "monkey", NULL);
    g_autofree char *golden = g_canonicalize_filename("tests/golden", NULL);
    char *argv[] = {
        program, (char *)"pen", (char *)scratch, golden, write ? (char *)"1" : (char *)"0", NULL};
    g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/people", scratch);
    char *env[] = {(char *)"TERM=xterm-256color", (char *)"LC_ALL=C.UTF-8",
                   (char *)"XDG_CONFIG_HOME=/nonexistent", state, NULL};
    return seat_new(24, 80, argv, env);
}

static void play_once(const char *build, guint keys, bool write, guint32 seed)
{
    g_autofree char *scratch = g_dir_make_tmp("celldeck-monkey-XXXXXX", NULL);
    struct seat *seat = sit_in_pen(build, scratch, write);
    struct monkey monkey;
    guint looks = 0;
    monkey_init(&monkey, seed);
    bool there = seat_shows(seat, "● cell-3-eu-west");
    gint64 before = events_in(scratch);
    check(write ? "--write: the console is there" : "read-only: the console is there",
          there && before > 0);
    bool played = there && monkey_plays(&monkey, seat, keys, shows_what_it_should, &looks);
    printf("        %u keys of seed %u, %u looks\n", monkey.keys, seed, looks);
    check("it lives, and shows what a full redraw shows", played && looks > 0);
    check("nothing is on record that was not before", events_in(scratch) == before);
    check("it leaves as others do, the terminal put back", played && leaves(seat));
    monkey_release(&monkey);
    seat_free(seat);
    g_autofree char *sweep = g_strdup_printf("rm -rf '%s'", scratch);
    if (!g_spawn_command_line_sync(sweep, NULL, NULL, NULL, NULL))
        printf("  left behind: %s\n", scratch);
}

void a_monkey_in_a_world_that_stands(const char *build, guint keys)
{
    static const guint32 seeds[] = {1, 2};
    for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++)
        play_once(build, keys / 2, i % 2 == 1, seeds[i]);
}
