/* Who acts, and whether two of them are one (product.md, "People and safety"). */
#pragma once

#include <stdbool.h>

/* Login (passwd name of the real uid; for root SUDO_USER) and the SSH client's address:
 * "alice@10.0.0.7". Caller frees. */
char *actor_name(void);

/* "alice@10.0.0.7" -> "alice". Caller frees. */
char *actor_login(const char *actor);

struct person {
    const char *actor; /* actor_name() */
    const char *arn;   /* whom AWS takes them for; NULL: not known */
};

/* Whether they have one login, or one ARN that is a person's. A bastion's role, and a user whose
 * keys a team shares, are nobody's: their ARN tells nobody apart. A person's are one signed in
 * through IAM Identity Center (by any of its roles, in any account), a federated user, and a user
 * or a role's session with the login's own name. */
bool person_is(const struct person *person, const struct person *other);

/* Whether AWS knows them as a person, and not as a machine or a team. */
bool person_is_known(const struct person *person);
