/* The least IAM policy with which celldeck can do what a celldeck.yaml makes it do: exactly the
 * actions of data/aws/actions.h that this configuration calls, each limited to the narrowest
 * resource that AWS knows for it. Pure: configuration in, document out. */
#pragma once

#include "data/config.h"

struct iam_wish {
    const char *role_arn; /* a cell's role; NULL: celldeck's own credentials */
    const char *account;  /* of celldeck's own credentials; NULL: not known, "*" stands for it */
    bool read_only;       /* only what console and status need */
};

/* A managed policy holds 6,144 characters, white space apart (a role's inline ones hold 10,240).
 * Where naming every resource needs more, names give way to wildcards. */
enum { IAM_POLICY_MAX = 6144 };
enum iam_width {
    IAM_EXACT,
    IAM_ANY_CELL, /* "*" stands for the cell's name, and for the account of an assumed role */
    IAM_ANY_PLACE /* and for the region */
};

/* The document, new reference. *width (may be NULL) tells how exact it could be. CD_ERROR_USAGE
 * where no cell has that role (the message lists those there are), CD_ERROR_FAILED where even
 * wildcards do not fit. */
json_t *iam_policy(const struct config *config, const struct iam_wish *wish, enum iam_width *width,
                   GError **error);

/* The cells' roles, each once, in the file's order: borrowed strings, NULL-terminated. Caller frees
 * the array with g_free. */
const char **iam_roles(const struct config *config);
