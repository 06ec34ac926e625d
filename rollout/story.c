#include "rollout/story.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/gate_news.h"

#include <string.h>

/* Each template is the sentence with {key} for the event's data and {actor} for who did it; a
 * [part] in brackets is left out where one of its keys is missing. {#key} is how many a list has
 * ("4 tenants"), missing where it has none; {key?} is missing unless true, and no text itself. */
static const struct {
    const char *type, *template;
    enum story_tone tone;
} sentences[] = {
    {"opened",
     "{actor} asks for {kind} {subject}[: {reason}][ ({ticket})][, attended: {credentials}]"
     "[; REFUSED: {refusals}]",
     STORY_PLAIN},
    {"opened observed", "{reason}", STORY_WARN},
    {"state", "{state}[: {reason}]", STORY_PLAIN},
    {"wave.started", "wave {wave} starts", STORY_PLAIN},
    {"wave.passed", "wave {wave} has passed", STORY_GOOD},
    {"deploy.intent", "deploying {version}[, was {previous}]", STORY_PLAIN},
    {"deploy.called", "deploy taken", STORY_PLAIN},
    {"deploy.seen", "runs {version}; the bake begins", STORY_PLAIN},
    {"deploy.failed", "deploy FAILED: {error}", STORY_BAD},
    {"gate", "gate {gate} {verdict}: {reason}", STORY_PLAIN},
    {"cell.held", "HELD: {reason}", STORY_WARN},
    {"cell.released", "no longer held", STORY_PLAIN},
    {"cell.passed", "passed[ on {samples} periods of data]", STORY_GOOD},
    {"cell.skipped", "skipped: {reason}", STORY_WARN},
    {"evacuated", "evacuated by {operation} ({actor}): nothing more is begun here", STORY_WARN},
    {"cell.accepted", "accepted by {actor}: {reason}", STORY_WARN},
    {"rollback.intent", "rolling back[ to {version}][: {cause}]", STORY_BAD},
    {"rollback.called", "rollback taken", STORY_PLAIN},
    {"rollback.done", "is back[ on {version}]", STORY_WARN},
    {"rollback.failed", "ROLLBACK FAILED: {error}", STORY_BAD},
    {"approve", "{actor} approves wave {wave}", STORY_GOOD},
    {"override", "{actor} breaks the glass on wave {wave}[: it bakes for {bake_ms} only]: {reason}",
     STORY_BAD},
    {"pause", "{actor} pauses[: {reason}]", STORY_WARN},
    {"resume", "{actor} resumes[, and goes on without: {ack}]", STORY_PLAIN},
    {"abort", "{actor} ABORTS[: {reason}]", STORY_BAD},
    {"rollback", "{actor} asks to roll back {cells}[: {reason}]", STORY_WARN},
    {"retry", "{actor} asks to try again[: {reason}]", STORY_WARN},
    {"fence.intent", "fencing: the source shall take no more writes", STORY_PLAIN},
    {"fence.done", "the source is fenced", STORY_PLAIN},
    {"fence.failed", "FENCE FAILED: {error}", STORY_BAD},
    {"promote.intent", "promoting its replica", STORY_PLAIN},
    {"promote.done", "its replica is promoted", STORY_PLAIN},
    {"promote.failed", "PROMOTE FAILED: {error}", STORY_BAD},
    {"data.intent", "moving the data of {tenant}", STORY_PLAIN},
    {"data.done", "the data of {tenant} is moved", STORY_PLAIN},
    {"data.failed", "DATA NOT MOVED of {tenant}: {error}", STORY_BAD},
    {"registry.intent", "batch {batch}[{back?}, going back]: {step} {#tenants} in the registry",
     STORY_PLAIN},
    {"registry.done",
     "batch {batch}[{back?}, going back], {step}[: {#tenants} done][: {#left} left alone: {left}]"
     "[; not written: {error}]",
     STORY_PLAIN},
    {"registry.intent drill", "batch {batch}: look {#tenants} up in the registry", STORY_PLAIN},
    {"registry.done drill",
     "batch {batch}[: {#tenants} as planned][: {#left} not as planned: {left}]"
     "[; not read: {error}]",
     STORY_PLAIN},
    {"dns.read", "batch {batch}[{back?}, going back]: {#records} read", STORY_PLAIN},
    {"dns.intent", "batch {batch}[{back?}, going back]: {#changes} of records for Route 53",
     STORY_PLAIN},
    {"dns.called", "batch {batch}[{back?}, going back]: Route 53 took it[, as {change}]",
     STORY_PLAIN},
    {"dns.failed",
     "batch {batch}[{back?}, going back]: Route 53 did NOT take it: {error}[{later?}; "
     "those before it go first]",
     STORY_WARN},
    {"delayed", "batch {batch}[{back?}, going back]: refused for now, and tried again: {error}",
     STORY_WARN},
    {"dns.insync", "batch {batch}[{back?}, going back]: INSYNC", STORY_PLAIN},
    {"verified", "batch {batch}[{back?}, going back]: {#tenants} verified[, {how}]", STORY_GOOD},
    {"tenant.left", "{tenant} LEFT ALONE: {why}", STORY_WARN},
    {"revert", "{actor} REVERTS[: {reason}]", STORY_BAD},
    {"evacuated", "{actor} has it evacuated by {operation}", STORY_WARN},
    {"note", "note[: {reason}][: {done_unrecorded} while the journal was away]", STORY_WARN},
    {"conductor", "conducted by {host}[, process {pid}]", STORY_PLAIN},
};

/* What is told otherwise than its type: nobody has asked for what was only observed, and a drill
 * (d1, d2, ...: operation_id.h) marks nobody. */
static const char *type_of(const struct event *event)
{
    const char *kind = json_string_value(json_object_get(event->data, "kind"));
    bool drill = event->stream && event->stream[0] == 'd';
    if (strcmp(event->type, "opened") == 0 && g_strcmp0(kind, "observed") == 0)
        return "opened observed";
    if (drill && strcmp(event->type, "registry.intent") == 0)
        return "registry.intent drill";
    return drill && strcmp(event->type, "registry.done") == 0 ? "registry.done drill" : event->type;
}

static const char *template_of(const struct event *event, enum story_tone *tone)
{
    const char *type = type_of(event);
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (strcmp(sentences[i].type, type) != 0)
            continue;
        *tone = sentences[i].tone;
        return sentences[i].template;
    }
    *tone = STORY_PLAIN;
    return NULL;
}

enum { TOLD_AT_MOST = 20 };

/* Of a list of texts, or of what has a reason ("why") for somebody: "t-5 (gone), t-7 (...)". A line
 * is no place for hundreds. */
static char *joined(const json_t *array)
{
    g_autoptr(GString) out = g_string_new(NULL);
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item) {
        const char *who = json_string_value(json_object_get(item, "tenant"));
        const char *why = json_string_value(json_object_get(item, "why"));
        const char *text = json_is_string(item) ? json_string_value(item) : why ? why : "?";
        g_string_append(out, i ? ", " : "");
        if (i == TOLD_AT_MOST) {
            g_string_append_printf(out, "and %zu more", json_array_size(array) - i);
            break;
        }
        if (who && !g_str_has_prefix(text, who))
            g_string_append_printf(out, "%s (%s)", who, text);
        else
            g_string_append(out, text);
    }
    return g_strdup(out->str);
}

/* "tenants" -> "4 tenants", "left" -> "4". */
static char *counted(const json_t *array, const char *key)
{
    size_t n = json_array_size(array);
    if (n == 0)
        return NULL;
    if (!g_str_has_suffix(key, "s"))
        return text_count((gint64)n);
    g_autofree char *noun = g_strndup(key, strlen(key) - 1);
    return text_counted((gint64)n, noun);
}

static bool is_told(const json_t *first)
{
    return json_is_string(first) || json_is_string(json_object_get(first, "why"));
}

/* The value of `key` as text; NULL where the event has none, or one that only programs read. */
static char *value_text(const struct event *event, const char *key)
{
    if (strcmp(key, "actor") == 0)
        return g_strdup(event->actor);
    if (*key == '#')
        return counted(json_object_get(event->data, key + 1), key + 1);
    const json_t *value = json_object_get(event->data, key);
    if (!value || json_is_null(value) || json_is_object(value))
        return NULL;
    if (json_is_array(value))
        return is_told(json_array_get(value, 0)) ? joined(value) : NULL;
    if (json_is_string(value))
        return *json_string_value(value) ? g_strdup(json_string_value(value)) : NULL;
    if (g_str_has_suffix(key, "_ms") && json_is_integer(value))
        return duration_config_text(json_integer_value(value));
    return text_json_dump(value, false);
}

/* {key?}: nothing, where it is so. */
static char *value_or_flag(const struct event *event, const char *key)
{
    if (!g_str_has_suffix(key, "?"))
        return value_text(event, key);
    g_autofree char *name = g_strndup(key, strlen(key) - 1);
    return json_is_true(json_object_get(event->data, name)) ? g_strdup("") : NULL;
}

/* Appends template[0..length) with its keys filled in; false where one of them is missing. */
static bool fill(GString *out, const char *template, size_t length, const struct event *event)
{
    bool whole = true;
    for (const char *p = template, *end = template + length; p < end;) {
        const char *close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
        if (!close) {
            g_string_append_c(out, *p++);
            continue;
        }
        g_autofree char *key = g_strndup(p + 1, (gsize)(close - p - 1));
        g_autofree char *value = value_or_flag(event, key);
        g_string_append(out, value ? value : "?");
        whole = whole && value;
        p = close + 1;
    }
    return whole;
}

char *story_sentence(const struct event *event)
{
    enum story_tone tone = STORY_PLAIN;
    const char *template = template_of(event, &tone);
    if (!template) {
        g_autofree char *data = text_json_dump(event->data, false);
        return g_strdup_printf("%s %s", event->type, data);
    }
    GString *out = g_string_new(NULL);
    while (*template) {
        const char *open = strchrnul(template, '[');
        fill(out, template, (size_t)(open - template), event);
        if (!*open)
            break;
        const char *close = strchrnul(open, ']');
        gsize before = out->len;
        if (!fill(out, open + 1, (size_t)(close - open - 1), event))
            g_string_truncate(out, before);
        template = *close ? close + 1 : close;
    }
    return g_string_free(out, FALSE);
}

const char *story_cell(const struct event *event)
{
    return json_string_value(json_object_get(event->data, "cell"));
}

bool story_is_news(const struct event *event)
{
    return !gate_is_refresh(event);
}

static const char *const bad_verdicts[] = {"FAIL", NULL};
static const char *const bad_states[] = {"failed", "failing", "refused", "reverting", NULL};
static const char *const doubtful_verdicts[] = {"HOLD", NULL};
static const char *const doubtful_states[] = {"held", "waiting", "reverted", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
    return word && g_strv_contains(words, word);
}

/* The end of a failover that did not come to what was wanted (failover_leaves_some). */
static bool leaves_some(const struct event *event)
{
    return json_integer_value(json_object_get(event->data, "alone")) > 0 ||
           json_integer_value(json_object_get(event->data, "behind")) > 0 ||
           json_is_string(json_object_get(event->data, "behind_why"));
}

enum story_tone story_tone(const struct event *event)
{
    enum story_tone tone = STORY_PLAIN;
    template_of(event, &tone);
    if (!story_is_news(event))
        return STORY_PLAIN;
    const char *verdict = json_string_value(json_object_get(event->data, "verdict"));
    const char *state = json_string_value(json_object_get(event->data, "state"));
    if (is_one_of(verdict, bad_verdicts) || is_one_of(state, bad_states))
        return STORY_BAD;
    if (is_one_of(verdict, doubtful_verdicts) || is_one_of(state, doubtful_states))
        return STORY_WARN;
    if (leaves_some(event))
        return STORY_WARN;
    bool over = json_is_true(json_object_get(event->data, "over"));
    if (over || !g_strcmp0(verdict, "PASS") || !g_strcmp0(state, "completed"))
        return STORY_GOOD;
    return tone;
}
