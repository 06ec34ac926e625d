/* celldeck's writes to registry and zone, one at a time, for writes.test: reads lines of JSON,
 * makes the call that each asks for, and answers with a line of JSON. The configuration is the
 * first argument. Calls: {call: get | update | residents | change | status | answer |
 * sets}. */
#include "data/base/text.h"
#include "data/registry_write.h"
#include "data/residents.h"
#include "data/route53_write.h"

#include <stdio.h>
#include <string.h>

struct desk {
    struct config *config;
    struct aws_client *client;
    GMainLoop *loop;
    json_t *answer;
    const char *const *names;
};

static const char *text(const json_t *asked, const char *key)
{
    return json_string_value(json_object_get(asked, key));
}

static void tell_error(struct desk *desk, const GError *error)
{
    if (!error)
        return;
    json_object_set_new(desk->answer, "error", text_json(error->message));
    json_object_set_new(desk->answer, "code", json_integer(error->code));
    json_object_set_new(desk->answer, "aws", json_boolean(error->domain == AWS_ERROR));
    json_object_set_new(desk->answer, "unsure", json_boolean(aws_error_is_unsure(error)));
}

static void done(struct desk *desk, const GError *error)
{
    tell_error(desk, error);
    g_main_loop_quit(desk->loop);
}

static void took_item(const struct tenant_item *item, const GError *error, gpointer data)
{
    struct desk *desk = data;
    if (item)
        json_object_set_new(desk->answer, "item", item->raw ? json_incref(item->raw) : json_null());
    done(desk, error);
}

static void took_residents(const GPtrArray *ids, const GError *error, gpointer data)
{
    struct desk *desk = data;
    json_t *all = ids ? json_array() : json_null();
    for (guint i = 0; ids && i < ids->len; i++)
        json_array_append_new(all, text_json(ids->pdata[i]));
    json_object_set_new(desk->answer, "ids", all);
    done(desk, error);
}

static void took_change(const char *id, enum zone_status status, const GError *error, gpointer data)
{
    struct desk *desk = data;
    if (id) {
        json_object_set_new(desk->answer, "id", text_json(id));
        json_object_set_new(desk->answer, "insync", json_boolean(status == ZONE_INSYNC));
    }
    done(desk, error);
}

static void took_answer(const struct zone_answer *answer, const GError *error, gpointer data)
{
    struct desk *desk = data;
    json_t *values = json_array();
    for (guint i = 0; answer && i < answer->values->len; i++)
        json_array_append_new(values, text_json(answer->values->pdata[i]));
    json_object_set_new(desk->answer, "values", values);
    if (answer)
        json_object_set_new(desk->answer, "code", text_json(answer->code));
    done(desk, error);
}

static void took_sets(GPtrArray *const *sets, const GError *error, gpointer data)
{
    struct desk *desk = data;
    json_t *all = json_array();
    for (guint i = 0; sets && desk->names[i]; i++) {
        json_t *of_name = json_array();
        for (guint at = 0; at < sets[i]->len; at++)
            json_array_append_new(of_name, record_set_json(sets[i]->pdata[at]));
        json_array_append_new(all, of_name);
    }
    json_object_set_new(desk->answer, "sets", all);
    done(desk, error);
}

static void update(struct desk *desk, const json_t *asked)
{
    const json_t *only = json_object_get(asked, "if");
    const struct tenant_change change = {text(asked, "cell"), text(asked, "region"),
                                         text(asked, "status"), text(asked, "updated_at")};
    const struct tenant_condition condition = {text(only, "cell"), text(only, "status"),
                                               text(only, "updated_at")};
    tenant_item_update(desk->client, desk->config, text(asked, "tenant"), &change, &condition, 0,
                       took_item, desk);
}

static void change_zone(struct desk *desk, const json_t *asked)
{
    static const char *const actions[] = {"CREATE", "DELETE", "UPSERT"};
    const json_t *list = json_object_get(asked, "changes"), *one;
    g_autoptr(GPtrArray) sets = record_sets_new();
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(struct zone_change));
    g_autoptr(GError) error = NULL;
    size_t i;
    json_array_foreach (list, i, one) {
        struct record_set *set = record_set_of_json(json_object_get(one, "set"), &error);
        struct zone_change change = {ZONE_CREATE, set};
        while (strcmp(actions[change.action], text(one, "action")) != 0)
            change.action++;
        if (set)
            g_ptr_array_add(sets, set);
        g_array_append_val(changes, change);
    }
    if (error || !zone_change(desk->client, text(asked, "zone"),
                              (const struct zone_change *)(void *)changes->data, changes->len,
                              "celldeck test", 0, took_change, desk, &error))
        done(desk, error);
}

static void read_sets(struct desk *desk, const json_t *asked)
{
    const json_t *list = json_object_get(asked, "names"), *one;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t i;
    json_array_foreach (list, i, one)
        g_ptr_array_add(names, (gpointer)json_string_value(one));
    g_ptr_array_add(names, NULL);
    desk->names = (const char *const *)g_ptr_array_free(g_steal_pointer(&names), FALSE);
    zone_sets_read(desk->client, text(asked, "zone"), desk->names, 0, took_sets, desk);
}

static void begin(struct desk *desk, const json_t *asked)
{
    const char *call = text(asked, "call");
    if (strcmp(call, "get") == 0)
        tenant_item_get(desk->client, desk->config, text(asked, "tenant"), 0, took_item, desk);
    else if (strcmp(call, "update") == 0)
        update(desk, asked);
    else if (strcmp(call, "residents") == 0)
        residents_read(desk->client, desk->config, text(asked, "cell"), 0, took_residents, desk);
    else if (strcmp(call, "change") == 0)
        change_zone(desk, asked);
    else if (strcmp(call, "status") == 0)
        zone_change_status(desk->client, text(asked, "id"), 0, took_change, desk);
    else if (strcmp(call, "answer") == 0)
        zone_test_answer(desk->client, text(asked, "zone"), text(asked, "name"),
                         text(asked, "type"), 0, took_answer, desk);
    else
        read_sets(desk, asked);
}

static void serve(struct desk *desk, const json_t *asked)
{
    OWN_JSON answer = json_object();
    desk->answer = answer;
    desk->loop = g_main_loop_new(NULL, FALSE);
    begin(desk, asked);
    if (json_object_size(answer) == 0) /* else it was refused at once */
        g_main_loop_run(desk->loop);
    g_main_loop_unref(desk->loop);
    g_free((gpointer)desk->names);
    desk->names = NULL;
    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = argc == 2 ? config_load(argv[1], &error) : NULL;
    if (!config) {
        fprintf(stderr, "%s\n", error ? error->message : "usage: writes CONFIG");
        return 2;
    }
    struct desk desk = {.config = config, .client = aws_client_new(NULL, config->aws_region)};
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        OWN_JSON asked = json_loads(line, 0, NULL);
        serve(&desk, asked);
    }
    free(line);
    aws_client_free(desk.client);
    return 0;
}
