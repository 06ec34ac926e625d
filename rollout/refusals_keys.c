#include "rollout/refusals.h"

/* A rollout bakes for days, and a session ends after hours: with nobody there, nothing would be
 * rolled back any more. */
void credentials_last(struct asking *asking)
{
    const char *origin = asking->survey->session_keys;
    if (origin && asking->options && asking->options->unattended)
        refuse(asking, REFUSE_CREDENTIALS, NULL,
               "the AWS credentials (%s) are a session's and can't be renewed while the rollout "
               "runs; use a role or a profile that renews itself, or say --attended",
               origin);
}
