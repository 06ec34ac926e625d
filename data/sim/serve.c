#include "data/sim/serve.h"

#include "data/base/when.h"
#include "data/sim/admit.h"
#include "data/sim/value.h"
#include "data/sim/words.h"
#include "data/sim/zone.h"

#include <string.h>

/* One request: what it is about, and what became of it. */
struct visit {
    struct sim_server *server;
    struct sim_served *served;
    struct sim_subject about;
    const char *caller; /* ARN, or NULL */
    size_t queries;     /* metrics asked for: what CloudWatch charges */
    bool write, again;
    gint64 now_ms;
    const char *fault; /* what struck it, or NULL */
};

void sim_answer_clear(struct sim_answer *answer)
{
    g_free(answer->body);
    g_free(answer->error_header);
    g_free(answer->request_id);
}

/* `status` 0: it got no answer. */
static void note_call(const struct visit *visit, int status)
{
    struct sim_server *server = visit->server;
    const struct sim_subject *about = &visit->about;
    g_autofree char *at = when_rfc3339(visit->now_ms);
    json_t *call =
        json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:b, s:i, s:s*, s:s*, s:s*}", "at", at, "service",
                  about->service, "action", about->action, "region", about->region, "cell",
                  about->cell, "write", visit->write, "status", status, "caller", visit->caller,
                  "fault", visit->fault, "request_id", visit->served->answer.request_id);
    if (visit->queries)
        json_object_set_new(call, "queries", json_integer((json_int_t)visit->queries));
    json_array_append_new(server->calls, call);
    if (!server->log)
        return;
    json_dumpf(call, server->log, JSON_COMPACT);
    fputc('\n', server->log);
    fflush(server->log);
}

static const struct sim_fault *struck(struct visit *visit, enum sim_fault_kind kind)
{
    const struct sim_fault *fault =
        sim_fault_strikes(visit->server->cloud->faults, kind, &visit->about, visit->now_ms);
    if (fault)
        visit->fault = sim_fault_name(kind);
    return fault;
}

/* Faults that keep a request from being answered at all. Late metrics are no late answers. */
static bool held_up(struct visit *visit, enum sim_outcome *outcome)
{
    struct sim_served *served = visit->served;
    const struct sim_fault *silent = struck(visit, SIM_HANG);
    if (!silent)
        silent = struck(visit, SIM_DEAD);
    bool may_be_late = !visit->again && strcmp(visit->about.service, "monitoring") != 0;
    const struct sim_fault *late = NULL;
    if (silent) {
        served->until = silent;
        *outcome = SIM_WAIT;
    } else if (struck(visit, SIM_RESET)) {
        *outcome = SIM_CUT;
    } else if (may_be_late && (late = struck(visit, SIM_LATE))) {
        served->delay_ms = late->delay_ms;
        *outcome = SIM_WAIT;
    } else {
        return false;
    }
    if (!served->delay_ms)
        note_call(visit, 0);
    return true;
}

/* The answer stands; what happens to it on its way? */
static enum sim_outcome deliver(struct visit *visit)
{
    static const struct {
        enum sim_fault_kind kind;
        enum sim_delivery delivery;
    } ways[] = {
        {SIM_SLOW_BODY, SIM_DRIBBLED}, {SIM_HALF_BODY, SIM_HALVED}, {SIM_CUT_BODY, SIM_BROKEN_OFF}};
    struct sim_served *served = visit->served;
    for (size_t i = 0; i < G_N_ELEMENTS(ways) && served->delivery == SIM_WHOLE; i++) {
        const struct sim_fault *fault = struck(visit, ways[i].kind);
        if (!fault)
            continue;
        served->delivery = ways[i].delivery;
        served->dribble_ms = fault->delay_ms;
    }
    bool lost = struck(visit, SIM_LOST);
    note_call(visit, lost ? 0 : served->answer.status);
    return lost ? SIM_CUT : SIM_ANSWER;
}

static void answer_json(struct sim_answer *answer, int status, json_t *body)
{
    char *dump = json_dumps(body, JSON_INDENT(1));
    answer->status = status;
    answer->type = "application/json";
    answer->body = g_strdup(dump);
    free(dump);
    json_decref(body);
}

/* What was asked by a tenant's name says whose it is. */
static json_t *healthcheck(const struct sim_world *world, const struct sim_cell *cell,
                           bool names_itself, gint64 now_ms)
{
    json_t *body = sim_world_healthcheck(world, cell, now_ms);
    if (names_itself)
        json_object_set_new(body, "cell", json_string(cell->id));
    return body;
}

static enum sim_outcome serve_healthcheck(struct visit *visit, const char *id, bool names_itself)
{
    static const struct {
        enum sim_fault_kind kind;
        int status;
        const char *error;
    } refusals[] = {{SIM_ERROR500, 503, "Service Unavailable"},
                    {SIM_ERROR503, 503, "Service Unavailable"},
                    {SIM_DENIED, 403, "Forbidden"},
                    {SIM_THROTTLE, 429, "Too Many Requests"}};
    const struct sim_world *world = visit->server->cloud->world;
    const struct sim_cell *cell = sim_world_cell(world, id);
    struct sim_answer *answer = &visit->served->answer;
    enum sim_outcome outcome = SIM_ANSWER;
    if (!cell) {
        answer_json(answer, 404, json_pack("{s:s}", "error", "no such cell"));
        return SIM_ANSWER;
    }
    visit->about = (struct sim_subject){
        .service = "healthcheck", .action = "GET", .region = cell->region, .cell = cell->id};
    if (held_up(visit, &outcome))
        return outcome;
    if (sim_incidents_down_since(world->incidents, cell, visit->now_ms) <= visit->now_ms)
        answer_json(answer, 503, json_pack("{s:s}", "error", "Service Unavailable"));
    for (size_t i = 0; i < G_N_ELEMENTS(refusals) && !answer->body; i++)
        if (struck(visit, refusals[i].kind))
            answer_json(answer, refusals[i].status, json_pack("{s:s}", "error", refusals[i].error));
    if (!answer->body)
        answer_json(answer, 200, healthcheck(world, cell, names_itself, visit->now_ms));
    return deliver(visit);
}

/* The calls that changed something: what a test of "nobody wrote there" wants, and short. */
static json_t *writes_of(const json_t *calls)
{
    json_t *writes = json_array();
    size_t index = 0;
    json_t *call = NULL;
    json_array_foreach (calls, index, call) {
        if (json_is_true(json_object_get(call, "write")))
            json_array_append(writes, call);
    }
    return writes;
}

static bool is_trouble(const char *what)
{
    return g_str_equal(what, "fault") || g_str_equal(what, "incident");
}

static void add_trouble(struct sim_cloud *cloud, const char *what,
                        const struct sim_request *request, gint64 now_ms, struct sim_answer *answer)
{
    g_autoptr(GError) error = NULL;
    OWN_JSON given = json_loadb(request->body->str, request->body->len, 0, NULL);
    bool added = g_str_equal(what, "fault")
                     ? sim_faults_add(cloud->faults, given, now_ms, &error)
                     : sim_incidents_add(cloud->world->incidents, given, now_ms, &error);
    if (added)
        answer_json(answer, 200, json_object());
    else
        answer_json(answer, 400, json_pack("{s:s}", "error", error->message));
}

/* False: `what` is no trouble that could end. */
static bool end_trouble(struct sim_cloud *cloud, const char *what, gint64 now_ms)
{
    if (g_str_equal(what, "faults"))
        sim_faults_clear(cloud->faults, now_ms);
    else if (g_str_equal(what, "incidents"))
        sim_incidents_end(cloud->world->incidents, now_ms);
    else
        return false;
    return true;
}

static void serve_own(struct sim_server *server, const struct sim_request *request, gint64 now_ms,
                      struct sim_answer *answer)
{
    const char *what = request->path + strlen("/sim/");
    if (g_str_equal(what, "calls")) {
        answer_json(answer, 200, json_incref(server->calls));
    } else if (g_str_equal(what, "writes")) {
        answer_json(answer, 200, writes_of(server->calls));
    } else if (g_str_equal(what, "state")) {
        answer_json(answer, 200, sim_cloud_state(server->cloud, now_ms));
    } else if (g_str_equal(request->method, "DELETE") && end_trouble(server->cloud, what, now_ms)) {
        answer_json(answer, 200, json_object());
    } else if (g_str_equal(request->method, "POST") && is_trouble(what)) {
        add_trouble(server->cloud, what, request, now_ms, answer);
    } else {
        answer_json(answer, 404, json_pack("{s:s}", "error", "no such path below /sim"));
    }
}

static json_t *carry_out(struct visit *visit, const struct sim_wire *wire, struct sim_call *call)
{
    const struct sim_action *action = sim_wire_action(wire);
    if (!sim_admit(call, wire, &visit->about))
        return NULL;
    const struct sim_fault *meddling = struck(visit, SIM_MEDDLE);
    if (meddling)
        sim_registry_meddle(call->cloud, meddling->tenant, meddling->set);
    if (struck(visit, SIM_BUSY))
        return sim_refuse(call, 400, "PriorRequestNotComplete",
                          "The request was rejected because Route 53 was still processing a prior "
                          "request.");
    if (struck(visit, SIM_THROTTLE))
        return sim_refuse(call, 400, sim_words(wire->service)->throttled, "Rate exceeded");
    if (struck(visit, SIM_ERROR500))
        return sim_refuse(call, 500, sim_words(wire->service)->broken,
                          "The request processing has failed because of an unknown error.");
    if (struck(visit, SIM_ERROR503))
        return sim_refuse(call, 503, "ServiceUnavailable",
                          "The request has failed due to a temporary failure of the server.");
    if (!action)
        return sim_refuse(call, 400, "UnknownOperationException",
                          "The simulator has no action %s of %s", wire->action, wire->service);
    call->half = struck(visit, SIM_HALF) != NULL;
    return action->handle(call);
}

static enum sim_outcome answer_call(struct visit *visit, const struct sim_wire *wire,
                                    const struct sim_session *session)
{
    struct sim_cloud *cloud = visit->server->cloud;
    struct sim_served *served = visit->served;
    const struct sim_fault *skew = struck(visit, SIM_SKEW);
    served->clock_ms += skew ? skew->skew_ms : 0;
    struct sim_call call = {.cloud = cloud,
                            .service = wire->service,
                            .region = wire->region,
                            .access_key = wire->access_key ? wire->access_key : "",
                            .session = session,
                            .action = wire->action,
                            .in = wire->in,
                            .now_ms = visit->now_ms,
                            .clock_ms = served->clock_ms};
    OWN_JSON result = carry_out(visit, wire, &call);
    if (call.fault)
        visit->fault = call.fault;
    g_autofree char *uuid = sim_cloud_uuid(cloud);
    sim_wire_write(wire, uuid, result, &call.error, &served->answer);
    g_free(call.error.code);
    g_free(call.error.message);
    json_decref(call.error.more);
    return deliver(visit);
}

static enum sim_outcome serve_aws(struct visit *visit, const struct sim_request *request)
{
    const struct sim_cloud *cloud = visit->server->cloud;
    struct sim_wire wire;
    sim_wire_read(&wire, request);
    const struct sim_action *action = sim_wire_action(&wire);
    const struct sim_session *session = sim_sessions_find(cloud->sessions, wire.access_key);
    g_autofree char *caller = wire.is_signed ? sim_caller_arn(session) : NULL;
    visit->about = (struct sim_subject){.service = wire.service,
                                        .action = wire.action,
                                        .region = wire.region,
                                        .cell = sim_wire_cell(&wire, cloud->world),
                                        .account = sim_caller_account(session),
                                        .role = session ? session->role : NULL};
    visit->write = action && action->access == SIM_WRITE;
    visit->caller = caller;
    visit->queries = json_array_size(json_object_get(wire.in, "MetricDataQueries"));
    enum sim_outcome outcome = SIM_ANSWER;
    if (!held_up(visit, &outcome))
        outcome = answer_call(visit, &wire, session);
    sim_wire_clear(&wire);
    return outcome;
}

enum sim_outcome sim_serve(struct sim_server *server, const struct sim_request *request, bool again,
                           gint64 now_ms, struct sim_served *served)
{
    *served = (struct sim_served){.clock_ms = now_ms};
    struct visit visit = {.server = server, .served = served, .again = again, .now_ms = now_ms};
    sim_cloud_settle(server->cloud, now_ms);
    if (g_str_has_prefix(request->path, "/sim/")) {
        serve_own(server, request, now_ms, &served->answer);
        return SIM_ANSWER;
    }
    if (g_str_has_prefix(request->path, "/cells/") &&
        g_str_has_suffix(request->path, "/healthcheck")) {
        const char *id = request->path + strlen("/cells/");
        g_autofree char *cell = g_strndup(id, strcspn(id, "/"));
        return serve_healthcheck(&visit, cell, false);
    }
    if (g_str_equal(request->path, "/healthcheck") && request->host) {
        g_autofree char *name = g_strndup(request->host, strcspn(request->host, ":"));
        const struct sim_cell *cell = sim_zone_cell(server->cloud, name, now_ms);
        return serve_healthcheck(&visit, cell ? cell->id : "", true);
    }
    return serve_aws(&visit, request);
}
