#include "data/base/error.h"
#include "data/journal_link.h"

static const char *advice_for(const GError *cause)
{
    static const struct {
        enum aws_error code;
        const char *advice;
    } advices[] = {
        {AWS_ERROR_NOT_FOUND, "; celldeck journal table prints the command that makes it"},
        {AWS_ERROR_REQUEST, "; see that its keys are those that celldeck journal table prints"},
        {AWS_ERROR_DENIED, "; compare with what celldeck iam-policy prints"},
    };
    for (size_t i = 0; cause->domain == AWS_ERROR && i < G_N_ELEMENTS(advices); i++)
        if (cause->code == (int)advices[i].code)
            return advices[i].advice;
    return "";
}

bool journal_link_fail(const struct journal_link *link, const char *tried, GError *cause,
                       GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't %s (table %s): %s%s", tried,
                journal_link_table(link), cause->message, advice_for(cause));
    g_error_free(cause);
    return false;
}
