/* What STS's answers have in common. */
#pragma once

#include "data/aws/keys.h"
#include "data/aws/transport.h"

/* The keys of a role in the answer to AssumeRole or AssumeRoleWithWebIdentity; NULL where they are
 * not all there. */
struct keys *sts_keys(const struct http_answer *answer, const char *origin);
