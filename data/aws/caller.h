/* Who AWS takes us for: sts:GetCallerIdentity, which asks for no permission. */
#pragma once

#include "data/aws/client.h"

struct aws_caller {
    const char *arn;     /* "arn:aws:sts::123456789012:assumed-role/ops/alice" */
    const char *account; /* "123456789012" */
};

/* `caller` is borrowed for the call and NULL exactly when `error` is set. */
typedef void (*aws_caller_fn)(const struct aws_caller *caller, const GError *error, gpointer data);

/* Asks as the client itself, or as the role (`role_arn` not NULL), which is assumed for it. Ends
 * and is cancelled as a call of aws_json does. */
struct aws_call *aws_caller_ask(struct aws_client *client, const char *role_arn, gint64 deadline_ms,
                                aws_caller_fn fn, gpointer data);
