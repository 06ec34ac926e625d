#include "data/sim/call.h"

#include "data/sim/value.h"

#include <string.h>

json_t *sim_refuse(struct sim_call *call, int status, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_free(call->error.code);
    g_free(call->error.message);
    json_decref(call->error.more);
    call->error = (struct sim_error){status, g_strdup(code), g_strdup_vprintf(format, args), NULL};
    va_end(args);
    return NULL;
}

bool sim_call_sees(const struct sim_call *call, const struct sim_cell *cell, const char *account)
{
    const char *wanted = account ? account : sim_caller_account(call->session);
    return g_str_equal(cell->region, call->region) &&
           (!cell->account || g_str_equal(cell->account, wanted));
}

const char *sim_need(struct sim_call *call, const char *key, const char *code)
{
    const char *text = sim_text(call->in, key, NULL);
    if (!text || !*text) {
        sim_refuse(call, 400, code, "The parameter %s is required.", key);
        return NULL;
    }
    return text;
}

#define TOKEN_MARK "celldeck-sim:"

gint64 sim_page_start(struct sim_call *call, const char *key, const char *code)
{
    const char *token = sim_text(call->in, key, NULL);
    if (!token)
        return 0;
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(token, &length);
    g_autofree char *text = g_strndup((const char *)bytes, length);
    if (!g_str_has_prefix(text, TOKEN_MARK)) {
        sim_refuse(call, 400, code, "The %s is not one that was returned.", key);
        return -1;
    }
    if (call->half) {
        sim_refuse(call, 500, "InternalServerError", "The request processing has failed.");
        return -1;
    }
    return g_ascii_strtoll(text + strlen(TOKEN_MARK), NULL, 10);
}

json_t *sim_page_token(gint64 from)
{
    g_autofree char *text = g_strdup_printf(TOKEN_MARK "%" G_GINT64_FORMAT, from);
    g_autofree char *token = g_base64_encode((const guchar *)text, strlen(text));
    return json_string(token);
}
