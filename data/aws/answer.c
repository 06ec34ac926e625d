#include "data/aws/answer.h"

#include "data/aws/keys.h"
#include "data/aws/xml.h"
#include "data/base/text.h"

#include <curl/curl.h>
#include <string.h>

enum { LONGEST_MESSAGE = 400 };

void fault_free(struct fault *fault)
{
    if (!fault)
        return;
    g_free(fault->code);
    g_free(fault->message);
    g_free(fault->request_id);
    g_free(fault);
}

/* Codes that mean the same everywhere they are used. */
static const struct {
    const char *code;
    enum aws_error kind;
    bool signature;
} meanings[] = {
    {"ConditionalCheckFailedException", AWS_ERROR_CONDITION, false},
    {"InvalidChangeBatch", AWS_ERROR_CONDITION, false},
    {"AccessDenied", AWS_ERROR_DENIED, false},
    {"AccessDeniedException", AWS_ERROR_DENIED, false},
    {"AuthorizationError", AWS_ERROR_DENIED, false},
    {"AuthorizationErrorException", AWS_ERROR_DENIED, false},
    {"UnauthorizedOperation", AWS_ERROR_DENIED, false},
    {"ClusterNotFoundException", AWS_ERROR_NOT_FOUND, false},
    {"NoSuchChange", AWS_ERROR_NOT_FOUND, false},
    {"NoSuchHostedZone", AWS_ERROR_NOT_FOUND, false},
    {"NotFound", AWS_ERROR_NOT_FOUND, false},
    {"ResourceNotFound", AWS_ERROR_NOT_FOUND, false},
    {"ResourceNotFoundException", AWS_ERROR_NOT_FOUND, false},
    {"ServiceNotFoundException", AWS_ERROR_NOT_FOUND, false},
    {"TableNotFoundException", AWS_ERROR_NOT_FOUND, false},
    {"ExpiredToken", AWS_ERROR_CREDENTIALS, false},
    {"ExpiredTokenException", AWS_ERROR_CREDENTIALS, false},
    {"InvalidAccessKeyId", AWS_ERROR_CREDENTIALS, false},
    {"InvalidClientTokenId", AWS_ERROR_CREDENTIALS, false},
    {"MissingAuthenticationToken", AWS_ERROR_CREDENTIALS, false},
    {"MissingAuthenticationTokenException", AWS_ERROR_CREDENTIALS, false},
    {"UnrecognizedClientException", AWS_ERROR_CREDENTIALS, false},
    {"AuthFailure", AWS_ERROR_CREDENTIALS, true},
    {"IncompleteSignature", AWS_ERROR_CREDENTIALS, true},
    {"IncompleteSignatureException", AWS_ERROR_CREDENTIALS, true},
    {"InvalidSignatureException", AWS_ERROR_CREDENTIALS, true},
    {"RequestExpired", AWS_ERROR_CREDENTIALS, true},
    {"RequestInTheFuture", AWS_ERROR_CREDENTIALS, true},
    {"RequestTimeTooSkewed", AWS_ERROR_CREDENTIALS, true},
    {"SignatureDoesNotMatch", AWS_ERROR_CREDENTIALS, true},
};

static enum aws_error kind_by_status(int status)
{
    if (status == 403)
        return AWS_ERROR_DENIED;
    if (status == 404)
        return AWS_ERROR_NOT_FOUND;
    return status >= 500 ? AWS_ERROR_SERVICE : AWS_ERROR_REQUEST;
}

static void judge(struct fault *fault, int status)
{
    if (fault->retry == RETRY_NOT)
        fault->retry = retry_kind_of(fault->code, status);
    if (fault->retry == RETRY_REFUSED || fault->retry == RETRY_THROTTLED) {
        fault->kind = AWS_ERROR_THROTTLED;
        return;
    }
    fault->expired = fault->code && g_str_has_prefix(fault->code, "ExpiredToken");
    fault->kind = kind_by_status(status);
    for (size_t i = 0; fault->code && i < G_N_ELEMENTS(meanings); i++)
        if (g_str_equal(fault->code, meanings[i].code)) {
            fault->kind = meanings[i].kind;
            fault->signature = meanings[i].signature;
        }
}

/* The part after `#` ("com.amazonaws.dynamodb.v20120810#Code"), without a `:http://...` tail. */
static char *plain_code(const char *type)
{
    const char *hash = strrchr(type, '#');
    const char *code = hash ? hash + 1 : type;
    return g_strndup(code, strcspn(code, ":;"));
}

static const char *json_text(const json_t *object, const char *key, const char *other)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : json_string_value(json_object_get(object, other));
}

/* DynamoDB says of a cancelled transaction only item by item why. A lost condition settles it;
 * without one, a conflict or throttling is over by the next try, nothing having been done. */
static void judge_cancelled(struct fault *fault, const json_t *body)
{
    static const char *const passing[] = {"TransactionConflict", "ThrottlingError",
                                          "ProvisionedThroughputExceeded", NULL};
    bool lost = false, passes = false;
    size_t i;
    json_t *reason;
    json_array_foreach (json_object_get(body, "CancellationReasons"), i, reason) {
        const char *code = json_text(reason, "Code", "code");
        lost = lost || g_strcmp0(code, "ConditionalCheckFailed") == 0;
        passes = passes || (code && g_strv_contains(passing, code));
    }
    fault->retry = !lost && passes ? RETRY_REFUSED : RETRY_NOT;
    judge(fault, 400);
    if (lost)
        fault->kind = AWS_ERROR_CONDITION;
}

static void read_json(struct fault *fault, const json_t *body)
{
    const char *type = json_text(body, "__type", "code");
    if (type)
        fault->code = plain_code(type);
    const char *message = json_text(body, "message", "Message");
    g_free(fault->message);
    fault->message =
        g_strdup(message ? message : json_string_value(json_object_get(body, "error_description")));
}

/* How OAuth says it (SSO OIDC), where AWS's own code is not there. */
static void read_oauth(struct fault *fault, const json_t *body)
{
    if (!fault->code)
        fault->code = g_strdup(json_string_value(json_object_get(body, "error")));
}

/* Route 53's own form of one error: <InvalidChangeBatch><Messages><Message>... Its name is the
 * code, and each of the batch's faults has a message. */
static void read_messages(struct fault *fault, const GString *body)
{
    g_autofree char *root = xml_root(body->str, (gssize)body->len);
    g_autoptr(GPtrArray) messages = xml_list(body->str, (gssize)body->len, "Message");
    if (g_strcmp0(root, "InvalidChangeBatch") != 0)
        return;
    g_ptr_array_add(messages, NULL);
    g_free(fault->message);
    fault->code = g_steal_pointer(&root);
    fault->message = g_strjoinv("; ", (char **)messages->pdata);
}

static void read_xml(struct fault *fault, const GString *body)
{
    g_autoptr(GHashTable) texts = xml_texts(body->str, (gssize)body->len, NULL);
    if (!texts)
        return;
    fault->code = g_strdup(g_hash_table_lookup(texts, "Code"));
    fault->message = g_strdup(g_hash_table_lookup(texts, "Message"));
    fault->request_id = g_strdup(g_hash_table_lookup(texts, "RequestId"));
    if (!fault->code)
        read_messages(fault, body);
}

static const char *request_id(GHashTable *headers)
{
    const char *id = g_hash_table_lookup(headers, "x-amzn-requestid");
    return id ? id : g_hash_table_lookup(headers, "x-amz-request-id");
}

char *answer_request_id(const struct http_answer *answer, const char *const *secrets)
{
    const char *id = request_id(answer->headers);
    return id ? keys_hide(id, secrets) : NULL;
}

static void read_headers(struct fault *fault, GHashTable *headers)
{
    const char *const codes[] = {"x-amzn-query-error", "x-amzn-errortype"};
    for (size_t i = 0; i < G_N_ELEMENTS(codes) && !fault->code; i++) {
        const char *value = g_hash_table_lookup(headers, codes[i]);
        fault->code = value ? plain_code(value) : NULL;
    }
    if (!fault->request_id)
        fault->request_id = g_strdup(request_id(headers));
}

/* One line: what follows in AWS's message on a bad signature is the signed request itself. */
static void shorten(char **message)
{
    g_autofree char *line =
        g_strndup(*message ? *message : "", *message ? strcspn(*message, "\r\n") : 0);
    g_autofree char *good = text_utf8(line, -1);
    bool cut = g_utf8_strlen(good, -1) > LONGEST_MESSAGE;
    g_autofree char *start = g_utf8_substring(good, 0, cut ? LONGEST_MESSAGE : -1);
    g_free(*message);
    *message = g_strconcat(start, cut ? "…" : "", NULL);
}

gint64 answer_date_ms(const struct http_answer *answer)
{
    const char *date = g_hash_table_lookup(answer->headers, "date");
    time_t at = date ? curl_getdate(date, NULL) : -1;
    return at > 0 ? (gint64)at * 1000 : 0;
}

/* Before anything is cut short: half a secret would not be known for one. */
static void redact(struct fault *fault, const char *const *secrets)
{
    char **const texts[] = {&fault->code, &fault->message, &fault->request_id};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (*texts[i]) {
            char *told = *texts[i];
            *texts[i] = keys_hide(told, secrets);
            g_free(told);
        }
}

struct fault *fault_read(const struct http_answer *answer, const char *const *secrets)
{
    if (answer->status >= 200 && answer->status < 300)
        return NULL;
    struct fault *fault = g_new0(struct fault, 1);
    OWN_JSON body = json_loadb(answer->body->str, answer->body->len, 0, NULL);
    if (body)
        read_json(fault, body);
    else
        read_xml(fault, answer->body);
    read_headers(fault, answer->headers);
    read_oauth(fault, body);
    fault->date_ms = answer_date_ms(answer);
    if (g_strcmp0(fault->code, "TransactionCanceledException") == 0)
        judge_cancelled(fault, body);
    else
        judge(fault, answer->status);
    if (!fault->code)
        fault->code = g_strdup_printf("HTTP %d", answer->status);
    if (secrets)
        redact(fault, secrets);
    shorten(&fault->message);
    return fault;
}
