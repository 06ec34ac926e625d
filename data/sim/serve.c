#include "data/sim/serve.h"

#include "data/base/when.h"
#include "data/sim/value.h"

#include <string.h>

/* What a request is about, for faults and for the list of calls. */
struct subject {
    const char *service, *action, *region, *cell;
    bool write;
};

void sim_answer_clear(struct sim_answer *answer)
{
    g_free(answer->body);
    g_free(answer->error_header);
    g_free(answer->request_id);
}

static void note_call(struct sim_server *server, const struct subject *subject, int status,
                      gint64 now_ms)
{
    g_autofree char *at = when_rfc3339(now_ms);
    json_t *call = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:b, s:i}", "at", at, "service",
                             subject->service, "action", subject->action, "region", subject->region,
                             "cell", subject->cell, "write", subject->write, "status", status);
    json_array_append_new(server->calls, call);
    if (!server->log)
        return;
    json_dumpf(call, server->log, JSON_COMPACT);
    fputc('\n', server->log);
    fflush(server->log);
}

static const struct sim_fault *fault_on(const struct sim_server *server,
                                        const struct subject *subject, enum sim_fault_kind kind,
                                        gint64 now_ms)
{
    return sim_fault_on(server->cloud->faults, kind, subject->service, subject->region,
                        subject->cell, now_ms);
}

/* Faults that keep a request from being answered at all. Late metrics are no late answers. */
static bool held_up(struct sim_server *server, const struct subject *subject, bool again,
                    gint64 now_ms, enum sim_outcome *outcome, struct sim_served *served)
{
    const struct sim_fault *silent = fault_on(server, subject, SIM_HANG, now_ms);
    if (!silent)
        silent = fault_on(server, subject, SIM_DEAD, now_ms);
    const struct sim_fault *late = fault_on(server, subject, SIM_LATE, now_ms);
    if (silent) {
        served->until = silent;
        *outcome = SIM_WAIT;
    } else if (fault_on(server, subject, SIM_RESET, now_ms)) {
        *outcome = SIM_CUT;
    } else if (late && !again && strcmp(subject->service, "monitoring") != 0) {
        served->delay_ms = late->delay_ms;
        *outcome = SIM_WAIT;
    } else {
        return false;
    }
    if (*outcome == SIM_CUT || served->until)
        note_call(server, subject, 0, now_ms);
    return true;
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

static enum sim_outcome serve_healthcheck(struct sim_server *server, const char *id, bool again,
                                          gint64 now_ms, struct sim_served *served)
{
    const struct sim_cell *cell = sim_world_cell(server->cloud->world, id);
    enum sim_outcome outcome = SIM_ANSWER;
    if (!cell) {
        answer_json(&served->answer, 404, json_pack("{s:s}", "error", "no such cell"));
        return SIM_ANSWER;
    }
    struct subject subject = {"healthcheck", "GET", cell->region, cell->id, false};
    if (held_up(server, &subject, again, now_ms, &outcome, served))
        return outcome;
    if (fault_on(server, &subject, SIM_ERROR500, now_ms))
        answer_json(&served->answer, 503, json_pack("{s:s}", "error", "Service Unavailable"));
    else if (fault_on(server, &subject, SIM_THROTTLE, now_ms))
        answer_json(&served->answer, 429, json_pack("{s:s}", "error", "Too Many Requests"));
    else
        answer_json(&served->answer, 200,
                    sim_world_healthcheck(server->cloud->world, cell, now_ms));
    note_call(server, &subject, served->answer.status, now_ms);
    return SIM_ANSWER;
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
    } else if (g_str_equal(what, "faults") && g_str_equal(request->method, "DELETE")) {
        sim_faults_clear(server->cloud->faults, now_ms);
        answer_json(answer, 200, json_object());
    } else if (g_str_equal(what, "fault") && g_str_equal(request->method, "POST")) {
        g_autoptr(GError) error = NULL;
        OWN_JSON fault = json_loadb(request->body->str, request->body->len, 0, NULL);
        if (sim_faults_add(server->cloud->faults, fault, now_ms, &error))
            answer_json(answer, 200, json_object());
        else
            answer_json(answer, 400, json_pack("{s:s}", "error", error->message));
    } else {
        answer_json(answer, 404, json_pack("{s:s}", "error", "no such path below /sim"));
    }
}

static json_t *refuse_unsigned(struct sim_call *call, enum sim_protocol protocol)
{
    bool json = protocol == SIM_JSON_10 || protocol == SIM_JSON_11;
    return sim_refuse(call, json ? 400 : 403,
                      json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken",
                      json ? "Missing Authentication Token"
                           : "Request is missing Authentication Token");
}

static json_t *carry_out(struct sim_server *server, const struct sim_wire *wire,
                         const struct subject *subject, struct sim_call *call)
{
    const struct sim_action *action = sim_wire_action(wire);
    if (!wire->is_signed)
        return refuse_unsigned(call, wire->protocol);
    if (fault_on(server, subject, SIM_THROTTLE, call->now_ms))
        return sim_refuse(call, 400, sim_wire_throttle_code(wire->service), "Rate exceeded");
    if (fault_on(server, subject, SIM_ERROR500, call->now_ms))
        return sim_refuse(call, 500, "InternalFailure",
                          "The request processing has failed because of an unknown error.");
    if (!action)
        return sim_refuse(call, 400, "UnknownOperationException",
                          "The simulator has no action %s of %s", wire->action, wire->service);
    call->half = fault_on(server, subject, SIM_HALF, call->now_ms) != NULL;
    return action->handle(call);
}

static enum sim_outcome serve_aws(struct sim_server *server, const struct sim_request *request,
                                  bool again, gint64 now_ms, struct sim_served *served)
{
    struct sim_wire wire;
    sim_wire_read(&wire, request);
    const struct sim_action *action = sim_wire_action(&wire);
    struct subject subject = {wire.service, wire.action, wire.region,
                              sim_wire_cell(&wire, server->cloud->world), action && action->write};
    enum sim_outcome outcome = SIM_ANSWER;
    if (!held_up(server, &subject, again, now_ms, &outcome, served)) {
        struct sim_call call = {.cloud = server->cloud,
                                .service = wire.service,
                                .region = wire.region,
                                .access_key = wire.access_key ? wire.access_key : "",
                                .action = wire.action,
                                .in = wire.in,
                                .now_ms = now_ms};
        OWN_JSON result = carry_out(server, &wire, &subject, &call);
        g_autofree char *uuid = sim_cloud_uuid(server->cloud);
        sim_wire_write(&wire, uuid, result, &call.error, &served->answer);
        note_call(server, &subject, served->answer.status, now_ms);
        g_free(call.error.code);
        g_free(call.error.message);
    }
    sim_wire_clear(&wire);
    return outcome;
}

enum sim_outcome sim_serve(struct sim_server *server, const struct sim_request *request, bool again,
                           gint64 now_ms, struct sim_served *served)
{
    *served = (struct sim_served){0};
    sim_cloud_settle(server->cloud, now_ms);
    if (g_str_has_prefix(request->path, "/sim/")) {
        serve_own(server, request, now_ms, &served->answer);
        return SIM_ANSWER;
    }
    if (g_str_has_prefix(request->path, "/cells/") &&
        g_str_has_suffix(request->path, "/healthcheck")) {
        const char *id = request->path + strlen("/cells/");
        g_autofree char *cell = g_strndup(id, strcspn(id, "/"));
        return serve_healthcheck(server, cell, again, now_ms, served);
    }
    return serve_aws(server, request, again, now_ms, served);
}
