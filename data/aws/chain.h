/* Who is asked for keys, one after the other (aws.md, "Credentials, in order"; botocore's
 * create_credential_resolver and ProfileProviderBuilder). */
#pragma once

#include "data/aws/provider.h"

/* Each ends with NULL. */
extern const struct provider *const chain_own[]; /* of a client for which nobody named a profile */
extern const struct provider *const chain_named[]; /* ... and for which somebody did */
/* Of a source_profile: no machine speaks for it. One whose keys stand in the files is taken as it
 * is, even where it names a role too. */
extern const struct provider *const chain_source[];
extern const struct provider *const chain_source_keys[];
extern const struct provider *const chain_role[]; /* of a cell's role */

/* The chain of one that a profile's credential_source names; NULL: there is no such place. */
const struct provider *const *chain_of_place(const char *credential_source);
