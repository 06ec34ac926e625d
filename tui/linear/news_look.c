/* What is otherwise than at the last look. */
#include "data/aws/skew.h"
#include "data/outages.h"
#include "rollout/story.h"
#include "rollout/tenure.h"
#include "tui/linear/news_inside.h"
#include "tui/linear/plain.h"
#include "tui/linear/say.h"
#include "tui/views/act.h"
#include "tui/views/headline.h"
#include "tui/views/marks.h"

#include <string.h>

struct seen_cell {
    enum health health;
    bool closed;
    char *version;
    char *reasons; /* their kinds (kind_of), one a line */
};

struct seen {
    bool begun;
    GHashTable *cells;   /* id -> struct seen_cell * */
    GHashTable *unread;  /* names of sources that can't be read */
    GHashTable *streams; /* stream -> gint64 *: the last event that was told */
    GHashTable *sayings; /* what -> the kind of what was said of it last */
};

static void seen_cell_free(gpointer p)
{
    struct seen_cell *cell = p;
    g_free(cell->version);
    g_free(cell->reasons);
    g_free(cell);
}

struct seen *seen_new(void)
{
    struct seen *seen = g_new0(struct seen, 1);
    seen->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, seen_cell_free);
    seen->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    seen->streams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    seen->sayings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return seen;
}

void seen_free(struct seen *seen)
{
    g_hash_table_unref(seen->cells);
    g_hash_table_unref(seen->unread);
    g_hash_table_unref(seen->streams);
    g_hash_table_unref(seen->sayings);
    g_free(seen);
}

/* A sentence without its figures and their units: two that are alike in this say the same, later.
 * "error rate 9.2 % (limit 5 %)", "8s old". Caller frees. */
static char *kind_of(const char *text)
{
    GString *kind = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        bool figure = g_ascii_isdigit(*p);
        bool unit = p > text && g_ascii_isdigit(p[-1]) && strchr("smhd", *p);
        bool within = (*p == '.' || *p == ',') && g_ascii_isdigit(p[1]);
        if (!figure && !unit && !within)
            g_string_append_c(kind, *p);
    }
    return g_string_free(kind, FALSE);
}

static bool is_well(enum health health)
{
    return health == HEALTH_HEALTHY || health == HEALTH_STANDBY;
}

static void tell(struct news *news, const struct deck *deck, enum role role, const char *what,
                 const char *id, char *text)
{
    news_put(news, &(struct novelty){.at_ms = deck->now_ms,
                                     .role = role,
                                     .key = g_strdup_printf("%s %s", what, id),
                                     .text = text});
}

static void tell_health(struct news *news, const struct deck *deck, const struct cell *cell,
                        enum health before)
{
    const char *id = cell->config->id;
    g_autofree char *sentence = say_cell_sentence(deck, cell);
    struct novelty change = {.at_ms = deck->now_ms,
                             .role = mark_health(cell->health).role,
                             .key = g_strdup_printf("health %s", id),
                             .kind = g_strdup_printf("cells are %s", health_name(cell->health)),
                             .name = g_strdup(id)};
    change.text = is_well(cell->health)
                      ? g_strdup_printf("%s is %s again; it was %s", id, health_name(cell->health),
                                        health_name(before))
                      : g_strdup_printf("%s; it was %s", sentence, health_name(before));
    news_put(news, &change);
}

/* While a deploy is under way a cell may answer as both: told against the version that people know
 * of, and not at all where it is that one again before they have heard of another. */
static void tell_version(struct news *news, const struct deck *deck, const struct cell *cell,
                         const char *before)
{
    const char *id = cell->config->id;
    g_autofree char *key = g_strdup_printf("version %s", id);
    const char *waiting = news_was(news, key);
    g_autofree char *known = g_strdup(waiting ? waiting : before);
    if (strcmp(known, cell->version) == 0) {
        news_take_back(news, key);
        return;
    }
    char *text = g_strdup_printf("%s answers as %s; it was %s", id, cell->version, known);
    news_put(news, &(struct novelty){.at_ms = deck->now_ms,
                                     .role = ROLE_NORMAL,
                                     .key = g_steal_pointer(&key),
                                     .was = g_steal_pointer(&known),
                                     .text = text});
}

static void tell_closed(struct news *news, const struct deck *deck, const struct cell *cell)
{
    const char *id = cell->config->id;
    bool closed = cell->closed_to_new;
    g_autofree char *key = g_strdup_printf("closed %s", id);
    if (news_was(news, key)) { /* there are two ways only: it is as people know it */
        news_take_back(news, key);
        return;
    }
    news_put(news, &(struct novelty){.at_ms = deck->now_ms,
                                     .role = closed ? ROLE_WARN : ROLE_NORMAL,
                                     .key = g_steal_pointer(&key),
                                     .was = g_strdup(closed ? "open" : "closed"),
                                     .text = g_strdup_printf("%s is %s to new tenants", id,
                                                             closed ? "closed" : "open again")});
}

/* The first reason of a kind that was not there before; NULL: none. */
static const char *new_reason(const struct cell *cell, const char *before)
{
    for (char **reason = cell->reasons; *reason; reason++) {
        g_autofree char *kind = kind_of(*reason);
        g_autofree char *line = g_strconcat(kind, "\n", NULL);
        if (!strstr(before, line))
            return *reason;
    }
    return NULL;
}

static void compare_cell(struct news *news, const struct deck *deck, const struct cell *cell,
                         const struct seen_cell *before)
{
    const char *id = cell->config->id;
    const char *reason = new_reason(cell, before->reasons);
    if (cell->health != before->health &&
        !(before->health == HEALTH_UNKNOWN && is_well(cell->health)))
        tell_health(news, deck, cell, before->health);
    else if (cell->health == before->health && reason && !is_well(cell->health))
        tell(news, deck, mark_health(cell->health).role, "why", id,
             g_strdup_printf("%s, still %s: %s", id, health_name(cell->health), reason));
    if (before->version && cell->version && strcmp(before->version, cell->version) != 0)
        tell_version(news, deck, cell, before->version);
    if (cell->closed_to_new != before->closed)
        tell_closed(news, deck, cell);
}

static struct seen_cell *see_cell(const struct cell *cell, const struct seen_cell *before)
{
    struct seen_cell *seen = g_new0(struct seen_cell, 1);
    GString *reasons = g_string_new(NULL);
    for (char **reason = cell->reasons; *reason; reason++) {
        g_autofree char *kind = kind_of(*reason);
        g_string_append_printf(reasons, "%s\n", kind);
    }
    const char *version = cell->version ? cell->version : before ? before->version : NULL;
    *seen = (struct seen_cell){cell->health, cell->closed_to_new, g_strdup(version),
                               g_string_free(reasons, FALSE)};
    return seen;
}

static void look_at_cells(struct seen *seen, const struct deck *deck, struct news *news)
{
    for (size_t i = 0; i < deck->snapshot->n_cells; i++) {
        const struct cell *cell = &deck->snapshot->cells[i];
        const struct seen_cell *before = g_hash_table_lookup(seen->cells, cell->config->id);
        if (before && seen->begun)
            compare_cell(news, deck, cell, before);
        g_hash_table_insert(seen->cells, g_strdup(cell->config->id), see_cell(cell, before));
    }
}

/* Of an outage, those of its sources that were read at the last look; NULL: none. */
static char *newly_unread(const struct seen *seen, const struct outage *outage)
{
    g_auto(GStrv) names = g_strsplit(outage->names, ", ", -1);
    g_autoptr(GString) fresh = g_string_new(NULL);
    for (char **name = names; *name; name++)
        if (!g_hash_table_contains(seen->unread, *name))
            g_string_append_printf(fresh, "%s%s", fresh->len ? ", " : "", *name);
    return fresh->len ? g_strdup(fresh->str) : NULL;
}

static void tell_read_again(const struct seen *seen, GHashTable *unread, const struct deck *deck,
                            struct news *news)
{
    g_autoptr(GString) names = g_string_new(NULL);
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, seen->unread);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (!g_hash_table_contains(unread, name))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", (char *)name);
    if (names->len)
        tell(news, deck, ROLE_GOOD, "read", names->str,
             g_strdup_printf("read again: %s", names->str));
}

static void look_at_sources(struct seen *seen, const struct deck *deck, struct news *news)
{
    g_autoptr(GPtrArray) outages = outages_of(deck->snapshot, false);
    GHashTable *unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < outages->len; i++) {
        const struct outage *outage = g_ptr_array_index(outages, i);
        g_autofree char *fresh = seen->begun ? newly_unread(seen, outage) : NULL;
        if (fresh)
            tell(news, deck, ROLE_BAD, "unread", fresh,
                 g_strdup_printf("can't be read: %s: %s", fresh, outage->why));
        g_auto(GStrv) names = g_strsplit(outage->names, ", ", -1);
        for (char **name = names; *name; name++)
            g_hash_table_add(unread, g_strdup(*name));
    }
    if (seen->begun)
        tell_read_again(seen, unread, deck, news);
    g_hash_table_unref(seen->unread);
    seen->unread = unread;
}

/* Who is in a cell that something goes wrong with. */
static void add_affected(GString *text, const struct deck *deck, const char *id)
{
    const struct cell *cell = deck_cell(deck, id);
    const struct registry *registry = deck->snapshot ? deck->snapshot->registry : NULL;
    if (!cell || !registry)
        return;
    g_autofree char *tenants = registry_count_text(registry, cell->tenants);
    g_autofree char *users = registry_count_text(registry, cell->registered_users);
    g_string_append_printf(text, "; %s tenant%s, %s users are in it", tenants,
                           cell->tenants == 1 ? "" : "s", users);
}

static void tell_event(struct news *news, const struct deck *deck, const struct event *event)
{
    const char *cell = story_cell(event);
    g_autofree char *told = story_sentence(event);
    enum role role = mark_tone(story_tone(event));
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s%s%s: %s", event->stream, cell ? " " : "", cell ? cell : "",
                           told);
    bool begins = strcmp(event->type, "gate") == 0 || strcmp(event->type, "deploy.failed") == 0;
    if (cell && begins && role == ROLE_BAD)
        add_affected(text, deck, cell);
    news_put(news, &(struct novelty){
                       .at_ms = event->at_ms, .role = role, .text = g_string_free(text, FALSE)});
}

static gint64 last_told(const struct seen *seen, const char *stream)
{
    const gint64 *last = g_hash_table_lookup(seen->streams, stream);
    return last ? *last : 0;
}

/* The tail is newest first, and holds the last of each operation; of one stream, hosts' clocks may
 * have put them in another order than their numbers. */
static void look_at_events(struct seen *seen, const struct deck *deck, struct news *news)
{
    for (guint i = deck->tail->len; seen->begun && i-- > 0;) {
        const struct event *event = g_ptr_array_index(deck->tail, i);
        if (event->seq > last_told(seen, event->stream))
            tell_event(news, deck, event);
    }
    for (guint i = 0; i < deck->tail->len; i++) {
        const struct event *event = g_ptr_array_index(deck->tail, i);
        if (event->seq > last_told(seen, event->stream))
            g_hash_table_insert(seen->streams, g_strdup(event->stream),
                                g_memdup2(&event->seq, sizeof event->seq));
    }
}

/* Something that is said as long as it holds: told when it begins, changes in kind, or ends. */
static void look_at_saying(struct seen *seen, const struct deck *deck, struct news *news,
                           const char *what, const char *saying, const char *over)
{
    const char *before = g_hash_table_lookup(seen->sayings, what);
    g_autofree char *kind = saying ? kind_of(saying) : NULL;
    if (g_strcmp0(before, kind) == 0)
        return;
    if (seen->begun && (saying || over))
        tell(news, deck, saying ? ROLE_BAD : ROLE_GOOD, "saying", what,
             saying ? plain_words(saying) : g_strdup(over));
    if (kind)
        g_hash_table_insert(seen->sayings, g_strdup(what), g_steal_pointer(&kind));
    else
        g_hash_table_remove(seen->sayings, what);
}

/* What waits for these very people. */
static void look_at_approval(struct seen *seen, const struct deck *deck, struct news *news)
{
    const struct rollout *rollout = deck_rollout(deck, deck->operation);
    bool waits =
        rollout && rollout->state == ROLLOUT_WAITING && act_can(deck, REQUEST_APPROVE, NULL);
    g_autofree char *saying =
        waits ? g_strdup_printf("%s waits for an approval that you may give: `approve %s`",
                                rollout->id, rollout->id)
              : NULL;
    look_at_saying(seen, deck, news, "approval", saying, NULL);
}

static void look_at_conductors(struct seen *seen, const struct deck *deck, struct news *news)
{
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        bool live = !rollout_state_final(rollout->state);
        g_autofree char *trouble = live ? headline_conductor(deck, rollout) : NULL;
        g_autofree char *over = g_strdup_printf("%s is conducted again", rollout->id);
        look_at_saying(seen, deck, news, rollout->id, trouble, live ? over : NULL);
    }
}

static void look_at_failovers(struct seen *seen, const struct deck *deck, struct news *news)
{
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        bool live = !failover_state_final(failover->state);
        g_autofree char *trouble = live ? headline_failover_conductor(deck, failover) : NULL;
        g_autofree char *over = g_strdup_printf("%s is conducted again", failover->id);
        look_at_saying(seen, deck, news, failover->id, trouble, live ? over : NULL);
    }
}

static void look_at_terms(struct seen *seen, const struct deck *deck, struct news *news)
{
    enum tenure_stage stage = tenure_stage(&deck->keys, deck->now_ms);
    g_autofree char *tenure = stage == TENURE_FINE ? NULL : tenure_words(&deck->keys);
    g_autofree char *keys = tenure ? g_strdup_printf("credentials: %s", tenure) : NULL;
    g_autofree char *off = skew_words(deck->skew_ms);
    g_autofree char *clock = off ? g_strdup_printf("this machine's clock is %s", off) : NULL;
    look_at_saying(seen, deck, news, "keys", keys, "the credentials are renewed");
    look_at_saying(seen, deck, news, "clock", clock, "this machine's clock is right again");
    look_at_saying(seen, deck, news, "journal", deck->journal_error,
                   "the journal can be read again");
    look_at_saying(seen, deck, news, "copy", deck->copy_trouble,
                   "the journal's copy is up to date again");
    look_at_saying(seen, deck, news, "record", deck->no_record,
                   "what is done can go on record again");
}

void seen_look(struct seen *seen, const struct deck *deck, struct news *news)
{
    if (deck->snapshot) {
        look_at_cells(seen, deck, news);
        look_at_sources(seen, deck, news);
    }
    look_at_events(seen, deck, news);
    look_at_approval(seen, deck, news);
    look_at_conductors(seen, deck, news);
    look_at_failovers(seen, deck, news);
    look_at_terms(seen, deck, news);
    seen->begun = true;
}
