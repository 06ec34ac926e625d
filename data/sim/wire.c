#include "data/sim/wire.h"

#include "data/sim/value.h"
#include "data/sim/xml.h"

#include <string.h>

struct service {
    const char *name, *target; /* JSON services: the X-Amz-Target's first part */
    const char *namespace;     /* of its XML */
    const char *error_prefix;  /* of `__type` */
    const struct sim_action *actions;
};

static const struct service services[] = {
    {"monitoring", "GraniteServiceVersion20100801",
     "http://monitoring.amazonaws.com/doc/2010-08-01/", "com.amazonaws.cloudwatch.v2010_08_01#",
     sim_cloudwatch_actions},
    {"dynamodb", "DynamoDB_20120810", "", "com.amazonaws.dynamodb.v20120810#",
     sim_dynamodb_actions},
    {"ecs", "AmazonEC2ContainerServiceV20141113", "", "", sim_ecs_actions},
    {"sts", NULL, "https://sts.amazonaws.com/doc/2011-06-15/", "", sim_sts_actions},
    {"sns", NULL, "http://sns.amazonaws.com/doc/2010-03-31/", "", sim_sns_actions},
    {"route53", NULL, "https://route53.amazonaws.com/doc/2013-04-01/", "", sim_route53_actions},
};

static const struct service *service_named(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(services); i++)
        if (g_str_equal(services[i].name, name))
            return &services[i];
    return NULL;
}

/* "AWS4-HMAC-SHA256 Credential=KEY/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=..." */
static void read_scope(struct sim_wire *wire, const char *authorization)
{
    const char *credential = authorization ? strstr(authorization, "Credential=") : NULL;
    if (!credential)
        return;
    g_autofree char *scope = g_strndup(credential + 11, strcspn(credential + 11, ", "));
    g_auto(GStrv) parts = g_strsplit(scope, "/", -1);
    if (g_strv_length(parts) != 5 || !*parts[0])
        return;
    wire->is_signed = true;
    wire->access_key = g_strdup(parts[0]);
    wire->region = g_strdup(parts[2]);
    wire->service = g_strdup(parts[3]);
}

static json_t *body_json(const struct sim_request *request)
{
    json_t *in = json_loadb(request->body->str, request->body->len, 0, NULL);
    if (json_is_object(in))
        return in;
    json_decref(in);
    return json_object();
}

static void read_json(struct sim_wire *wire, const struct sim_request *request)
{
    const char *dot = strrchr(request->target, '.');
    wire->action = g_strdup(dot ? dot + 1 : request->target);
    wire->in = body_json(request);
    for (size_t i = 0; i < G_N_ELEMENTS(services) && !wire->service; i++)
        if (services[i].target && g_str_has_prefix(request->target, services[i].target))
            wire->service = g_strdup(services[i].name);
    wire->protocol = g_strcmp0(wire->service, "ecs") == 0 ? SIM_JSON_11 : SIM_JSON_10;
}

static void read_form(struct sim_wire *wire, const struct sim_request *request)
{
    bool json = request->accept && strstr(request->accept, "application/json");
    wire->in = sim_form_read(request->body->str);
    json_object_update_missing(wire->in, request->query);
    wire->action = g_strdup(sim_text(wire->in, "Action", ""));
    wire->protocol = json && g_strcmp0(wire->service, "sts") == 0 ? SIM_QUERY_JSON : SIM_QUERY;
}

/* Route 53 has no action's name on the wire: method and path say it. */
static void read_rest(struct sim_wire *wire, const struct sim_request *request)
{
    g_auto(GStrv) parts = g_strsplit(request->path + 1, "/", -1);
    guint n = g_strv_length(parts);
    const char *kind = n > 1 ? parts[1] : "", *tail = n > 3 ? parts[3] : "";
    bool post = g_str_equal(request->method, "POST");
    wire->protocol = SIM_REST_XML;
    wire->in = post ? sim_xml_read(request->body->str, request->body->len) : NULL;
    if (!wire->in)
        wire->in = json_object();
    json_object_update_missing(wire->in, request->query);
    if (g_str_equal(kind, "hostedzone") && g_str_equal(tail, "rrset")) {
        json_object_set_new(wire->in, "HostedZoneId", json_string(parts[2]));
        wire->action = g_strdup(post ? "ChangeResourceRecordSets" : "ListResourceRecordSets");
    } else if (g_str_equal(kind, "hostedzone") && n == 3 && !post) {
        json_object_set_new(wire->in, "Id", json_string(parts[2]));
        wire->action = g_strdup("GetHostedZone");
    } else if (g_str_equal(kind, "change") && n == 3) {
        json_object_set_new(wire->in, "Id", json_string(parts[2]));
        wire->action = g_strdup("GetChange");
    } else {
        wire->action = g_strdup(g_str_equal(kind, "testdnsanswer") ? "TestDNSAnswer" : "");
    }
}

void sim_wire_read(struct sim_wire *wire, const struct sim_request *request)
{
    *wire = (struct sim_wire){.date = request->date, .token = request->token};
    read_scope(wire, request->authorization);
    if (request->target)
        read_json(wire, request);
    else if (g_str_has_prefix(request->path, "/2013-04-01/"))
        read_rest(wire, request);
    else
        read_form(wire, request);
    if (!wire->service)
        wire->service = g_strdup(wire->protocol == SIM_REST_XML ? "route53" : "sts");
    if (!wire->region)
        wire->region = g_strdup("us-east-1");
}

void sim_wire_clear(struct sim_wire *wire)
{
    g_free(wire->access_key);
    g_free(wire->region);
    g_free(wire->service);
    g_free(wire->action);
    json_decref(wire->in);
}

static const char *cell_with_prefix(const struct sim_world *world, const char *family)
{
    const char *longest = NULL;
    size_t length = 0;
    for (guint i = 0; i < world->cells->len; i++) {
        const char *id = ((const struct sim_cell *)world->cells->pdata[i])->id;
        if (g_str_has_prefix(family, id) && strlen(id) > length) {
            longest = id;
            length = strlen(id);
        }
    }
    return longest;
}

const char *sim_wire_cell(const struct sim_wire *wire, const struct sim_world *world)
{
    static const char *const keys[] = {
        "cluster",    "family", "taskDefinition", "familyPrefix", "serviceDeploymentArn",
        "resourceArn"};
    if (!g_str_equal(wire->service, "ecs"))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *name = sim_text(wire->in, keys[i], NULL);
        const char *slash = name ? strchr(name, '/') : NULL;
        const char *cell = name ? cell_with_prefix(world, slash ? slash + 1 : name) : NULL;
        if (cell)
            return cell;
    }
    return NULL;
}

const struct sim_action *sim_wire_action(const struct sim_wire *wire)
{
    const struct service *service = service_named(wire->service);
    for (const struct sim_action *action = service ? service->actions : NULL;
         action && action->name; action++)
        if (g_str_equal(action->name, wire->action))
            return action;
    return NULL;
}

static const char *fault_of(int status)
{
    return status >= 500 ? "Receiver" : "Sender";
}

static void write_json(const struct service *service, const json_t *result,
                       const struct sim_error *error, struct sim_answer *answer)
{
    OWN_JSON body = NULL;
    if (!result) {
        g_autofree char *type =
            g_strconcat(service ? service->error_prefix : "", error->code, NULL);
        body = json_pack("{s:s, s:s}", "__type", type, "message", error->message);
        if (error->more)
            json_object_update(body, error->more);
        answer->error_header = g_strdup_printf("%s;%s", error->code, fault_of(error->status));
        result = body;
    }
    char *dump = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(15));
    answer->body = g_strdup(dump);
    free(dump);
}

static void write_query_json(const struct sim_wire *wire, const char *uuid, const json_t *result,
                             const struct sim_error *error, struct sim_answer *answer)
{
    g_autofree char *outer = g_strconcat(wire->action, "Response", NULL);
    g_autofree char *inner = g_strconcat(wire->action, "Result", NULL);
    OWN_JSON body =
        result ? json_pack("{s:{s:O, s:{s:s}}}", outer, inner, result, "ResponseMetadata",
                           "RequestId", uuid)
               : json_pack("{s:{s:s, s:s, s:s}, s:s}", "Error", "Code", error->code, "Message",
                           error->message, "Type", fault_of(error->status), "RequestId", uuid);
    char *dump = json_dumps(body, JSON_COMPACT);
    answer->body = g_strdup(dump);
    free(dump);
}

static void write_xml_error(GString *out, const char *namespace, const char *uuid,
                            const struct sim_error *error)
{
    g_autofree char *message = g_markup_escape_text(error->message, -1);
    g_string_append_printf(out,
                           "<ErrorResponse xmlns=\"%s\"><Error><Type>%s</Type><Code>%s</Code>"
                           "<Message>%s</Message></Error><RequestId>%s</RequestId>"
                           "</ErrorResponse>",
                           namespace, fault_of(error->status), error->code, message, uuid);
}

static void write_members(GString *out, const json_t *object, const char *member)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value)
        sim_xml_write(out, key, value, member);
}

static void write_xml(const struct sim_wire *wire, const struct service *service, const char *uuid,
                      const json_t *result, const struct sim_error *error,
                      struct sim_answer *answer)
{
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    const char *namespace = service ? service->namespace : "";
    const char *action = wire->action;
    if (!result) {
        write_xml_error(out, namespace, uuid, error);
    } else if (wire->protocol == SIM_REST_XML) {
        g_string_append_printf(out, "<%sResponse xmlns=\"%s\">", action, namespace);
        write_members(out, result, NULL);
        g_string_append_printf(out, "</%sResponse>", action);
    } else {
        g_string_append_printf(out, "<%sResponse xmlns=\"%s\"><%sResult>", action, namespace,
                               action);
        write_members(out, result, "member");
        g_string_append_printf(out,
                               "</%sResult><ResponseMetadata><RequestId>%s</RequestId>"
                               "</ResponseMetadata></%sResponse>",
                               action, uuid, action);
    }
    answer->body = g_string_free(out, FALSE);
}

void sim_wire_write(const struct sim_wire *wire, const char *uuid, const json_t *result,
                    const struct sim_error *error, struct sim_answer *answer)
{
    static const char *const types[] = {[SIM_JSON_10] = "application/x-amz-json-1.0",
                                        [SIM_JSON_11] = "application/x-amz-json-1.1",
                                        [SIM_QUERY] = "text/xml",
                                        [SIM_QUERY_JSON] = "application/json",
                                        [SIM_REST_XML] = "text/xml"};
    const struct service *service = service_named(wire->service);
    answer->status = result ? 200 : error->status;
    answer->request_id = g_strdup(uuid);
    answer->type = types[wire->protocol];
    if (wire->protocol == SIM_JSON_10 || wire->protocol == SIM_JSON_11)
        write_json(service, result, error, answer);
    else if (wire->protocol == SIM_QUERY_JSON)
        write_query_json(wire, uuid, result, error, answer);
    else
        write_xml(wire, service, uuid, result, error, answer);
}
