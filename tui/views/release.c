/* One release: what it changes against the one before, who runs it, how it was rolled out. */
#include "data/base/when.h"
#include "tui/views/marks.h"
#include "tui/views/pager.h"
#include "tui/views/releases.h"

#include <string.h>

#define LEAD_COLS 12

static void *release_view_open(void)
{
    struct pager *pager = g_new0(struct pager, 1);
    pager_init(pager);
    return pager;
}

static void release_view_close(void *state)
{
    pager_release(state);
    g_free(state);
}

static void add(struct pager *pager, const char *lead, enum role role, const char *text)
{
    pager_add(pager, ROLE_HEADER, lead, role, text);
}

static void add_rollouts(struct pager *pager, const struct deck *deck, const char *version)
{
    guint n = 0;
    for (guint i = 0; i < deck->operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(deck->operations, i);
        if (!release_is_rolled(operation, version))
            continue;
        g_autofree char *started = mark_time(operation->started_ms, deck->now_ms);
        g_autofree char *text =
            g_strdup_printf("%s %s, %s by %s: %s", operation->id, operation->state, started,
                            operation->actor, operation->reason ? operation->reason : "");
        add(pager, n++ ? "" : "rollouts",
            mark_operation(operation->state, operation->ended_ms == 0).role, text);
    }
    if (n == 0)
        add(pager, "rollouts", deck->journal_error ? ROLE_BAD : ROLE_DIM,
            deck->journal_error ? "? the journal can't be read" : "none that is known here");
}

static void add_release(struct pager *pager, const struct deck *deck, const char *version)
{
    const struct release *release = release_of(deck, version);
    g_autofree char *cells = release_cells(deck, version);
    add(pager, "release", ROLE_TITLE, version);
    if (release) {
        g_autofree char *at = when_rfc3339(release->at_ms);
        g_autofree char *commit =
            g_strdup_printf("%.12s, %s: %s", release->commit, at, release->summary);
        add(pager, "tag", ROLE_NORMAL, release->tag);
        add(pager, "commit", ROLE_NORMAL, commit);
    }
    add(pager, "runs in", *cells ? ROLE_NORMAL : ROLE_DIM,
        *cells ? cells : "no cell that answered");
    add_rollouts(pager, deck, version);
}

static void add_migrations(struct pager *pager, const struct changes *changes)
{
    if (changes->migrations->len == 0)
        return;
    guint n = changes->migrations->len;
    g_autofree char *title =
        g_strdup_printf("%u migration%s: going back may not be possible", n, n == 1 ? "" : "s");
    pager_heading(pager, title);
    for (guint i = 0; i < changes->migrations->len; i++)
        pager_add(pager, ROLE_WARN, NULL, ROLE_WARN, g_ptr_array_index(changes->migrations, i));
}

static void add_commits(struct pager *pager, const struct release_changes *read)
{
    const GPtrArray *commits = read->changes->commits;
    g_autofree char *title = g_strdup_printf(
        "since %s: %u commit%s, %zu file%s changed", read->since, commits->len,
        commits->len == 1 ? "" : "s", read->changes->files, read->changes->files == 1 ? "" : "s");
    pager_heading(pager, title);
    if (read->changes->backwards)
        add(pager, "▲", ROLE_WARN, "it is older, in git, than the version before it");
    for (guint i = 0; i < commits->len; i++) {
        const struct change *change = g_ptr_array_index(commits, i);
        g_autofree char *at = release_day(change->at_ms);
        g_autofree char *text =
            g_strdup_printf("%.8s %s (%s)", change->commit, change->summary, change->author);
        pager_add(pager, ROLE_DIM, at, ROLE_NORMAL, text);
    }
}

static void add_changes(struct pager *pager, const struct deck *deck, const char *version)
{
    const struct release_changes *read = deck->changes;
    if (!read || g_strcmp0(read->version, version) != 0)
        add(pager, "changes", ROLE_DIM, "being read from the git repository …");
    else if (read->error)
        add(pager, "changes", ROLE_BAD, read->error);
    else if (!read->since)
        add(pager, "changes", ROLE_DIM, "there is no older release to compare it with");
    else {
        add_migrations(pager, read->changes);
        add_commits(pager, read);
    }
}

static void release_prepare(void *state, const struct deck *deck, const struct area *area)
{
    struct pager *pager = state;
    const char *version = deck->subject ? deck->subject : "";
    pager_begin(pager, area->cols - 2, LEAD_COLS);
    add_release(pager, deck, version);
    add_changes(pager, deck, version);
    pager_end(pager, area->rows);
}

static void release_draw(const void *state, const struct deck *deck, struct canvas *canvas,
                         const struct area *area)
{
    (void)deck;
    const struct area within = {area->row, 1, area->rows, area->cols - 2};
    pager_draw(state, canvas, &within);
}

static struct reaction release_key(void *state, const struct deck *deck, enum request request)
{
    (void)deck;
    return pager_move(state, request);
}

static const enum request hints[] = {REQUEST_START, REQUEST_RELEASES, REQUEST_BACK,
                                     REQUEST_HELP,  REQUEST_QUIT,     REQUEST_COUNT};

const struct view view_release = {
    .hints = hints,
    .open = release_view_open,
    .close = release_view_close,
    .prepare = release_prepare,
    .draw = release_draw,
    .key = release_key,
};
