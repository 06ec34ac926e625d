/* A journal at the end of a pipe, for tests/peers/journal*.test: `journal CELLDECK.YAML
 * FOLDER` opens it as celldeck does, says so in a line of JSON, and then answers each line that it
 * is sent. */
#include "data/journal.h"
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/journal_follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *asked, const char *key)
{
    const char *value = json_string_value(json_object_get(asked, key));
    return value ? value : "";
}

static json_t *event_of(const struct event *event)
{
    return json_pack("{s:s, s:I, s:s, s:I, s:s, s:s, s:O, s:s, s:s}", "stream", event->stream,
                     "seq", (json_int_t)event->seq, "id", event->id, "at_ms",
                     (json_int_t)event->at_ms, "actor", event->actor, "type", event->type, "data",
                     event->data, "prev_hash", event->prev_hash, "hash", event->hash);
}

static json_t *append(struct journal *journal, const json_t *asked, GError **error)
{
    gint64 seq = json_integer_value(json_object_get(asked, "seq"));
    json_t *data = json_object_get(asked, "data");
    OWN(event) kept = NULL;
    gint64 began_ms = when_mono_ms();
    const json_t *head = json_object_get(asked, "head");
    const char *stream = text(asked, "stream"), *id = text(asked, "id");
    if (head ? !journal_append_at_head(journal, json_integer_value(head), stream, seq, id,
                                       1000 + seq, "alice", "note", data, &kept, error)
             : !journal_append(journal, stream, seq, id, 1000 + seq, "alice", "note", data, &kept,
                               error))
        return NULL;
    return json_pack("{s:o, s:I}", "event", event_of(kept), "took_ms",
                     (json_int_t)(when_mono_ms() - began_ms));
}

static json_t *read_stream(struct journal *journal, const json_t *asked, GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, text(asked, "stream"), 1, error);
    json_t *all = events ? json_array() : NULL;
    for (guint i = 0; events && i < events->len; i++)
        json_array_append_new(all, event_of(events->pdata[i]));
    return all ? json_pack("{s:o}", "events", all) : NULL;
}

static json_t *last(struct journal *journal, const json_t *asked, GError **error)
{
    OWN(event) event = journal_last(journal, text(asked, "stream"), error);
    return *error ? NULL : json_pack("{s:o}", "event", event ? event_of(event) : json_null());
}

static json_t *streams(struct journal *journal, const json_t *asked, GError **error)
{
    g_auto(GStrv) names = journal_streams(journal, text(asked, "prefix"), error);
    json_t *all = names ? json_array() : NULL;
    for (char **name = names; name && *name; name++)
        json_array_append_new(all, json_string(*name));
    return all ? json_pack("{s:o}", "streams", all) : NULL;
}

static json_t *version(struct journal *journal, const json_t *asked, GError **error)
{
    (void)asked;
    (void)error;
    return json_pack("{s:I}", "version", (json_int_t)journal_version(journal));
}

static json_t *head(struct journal *journal, const json_t *asked, GError **error)
{
    (void)asked;
    gint64 events = journal_head(journal, error);
    return events < 0 ? NULL : json_pack("{s:I}", "head", (json_int_t)events);
}

static json_t *verify(struct journal *journal, const json_t *asked, GError **error)
{
    (void)asked;
    gint64 events = 0;
    if (!journal_verify(journal, &events, error))
        return NULL;
    g_autofree char *head = journal_head_hash(journal, error);
    return head ? json_pack("{s:I, s:s}", "events", (json_int_t)events, "head", head) : NULL;
}

/* As a worker of many would: numbers its events by what it reads, and tries again after a conflict,
 * until `times` of them are in. */
static json_t *race(struct journal *journal, const json_t *asked, GError **error)
{
    const char *stream = text(asked, "stream");
    json_int_t times = json_integer_value(json_object_get(asked, "times")), conflicts = 0;
    json_t *ids = json_array();
    while ((json_int_t)json_array_size(ids) < times) {
        OWN(event) end = journal_last(journal, stream, error);
        g_autofree char *id = journal_new_id();
        OWN_JSON data = json_object();
        g_autoptr(GError) failure = NULL;
        if (*error || journal_append(journal, stream, end ? end->seq + 1 : 1, id, 1, "racer",
                                     "note", data, NULL, &failure))
            json_array_append_new(ids, json_string(id));
        else if (g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT))
            conflicts++;
        else
            g_propagate_error(error, g_steal_pointer(&failure));
        if (*error) {
            json_decref(ids);
            return NULL;
        }
    }
    return json_pack("{s:o, s:I}", "ids", ids, "conflicts", conflicts);
}

static const struct {
    const char *name;
    json_t *(*run)(struct journal *journal, const json_t *asked, GError **error);
} commands[] = {{"append", append},   {"read", read_stream}, {"last", last}, {"streams", streams},
                {"version", version}, {"verify", verify},    {"race", race}, {"head", head}};

static json_t *answer(struct journal *journal, const json_t *asked)
{
    g_autoptr(GError) error = NULL;
    json_t *told = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i].name, text(asked, "do")) == 0)
            told = commands[i].run(journal, asked, &error);
    if (told)
        return told;
    return json_pack("{s:s, s:b}", "error", error ? error->message : "no such command", "conflict",
                     g_error_matches(error, CD_ERROR, CD_ERROR_CONFLICT));
}

static void say(json_t *told)
{
    char *line = json_dumps(told, JSON_COMPACT);
    puts(line);
    fflush(stdout);
    free(line);
    json_decref(told);
}

static void serve(struct journal *journal)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        OWN_JSON asked = json_loads(line, 0, NULL);
        say(answer(journal, asked));
    }
    free(line);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 3)
        return 2;
    OWN(config) config = config_load(argv[1], &error);
    OWN(journal) journal = config ? journal_open(config, argv[2], &error) : NULL;
    if (!journal) {
        say(json_pack("{s:s}", "error", error->message));
        return 1;
    }
    OWN(journal_follower) follower = journal_follow(config, argv[2]);
    g_autofree char *trouble = journal_trouble(journal);
    say(json_pack("{s:s?}", "trouble", trouble));
    serve(journal);
    return 0;
}
