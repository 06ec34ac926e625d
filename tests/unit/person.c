/* Another person is another login and, where it is a person's, another ARN (product.md). */
#include "rollout/person.h"

#include <criterion/criterion.h>

#define ROLE "arn:aws:sts::123456789012:assumed-role/bastion/i-0123456789abcdef0"
#define TEAM "arn:aws:iam::123456789012:user/ops"
#define USER "arn:aws:iam::123456789012:user/people/alice"
#define SSO  "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0a1b/alice@corp.example.com"
#define SSO_ADMIN                                                                                  \
    "arn:aws:sts::210987654321:assumed-role/AWSReservedSSO_Admin_9f8e/alice@corp.example.com"
#define SSO_BOB                                                                                    \
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0a1b/bob@corp.example.com"
#define MAIL "arn:aws:sts::123456789012:assumed-role/ops/Alice@corp.example.com"

static bool one(const char *actor, const char *arn, const char *other, const char *other_arn)
{
    const struct person a = {actor, arn}, b = {other, other_arn};
    cr_expect_eq(person_is(&a, &b), person_is(&b, &a));
    return person_is(&a, &b);
}

Test(person, one_login_is_one_person_from_wherever)
{
    cr_expect(one("alice@10.0.0.7", NULL, "alice@10.0.0.8", NULL));
    cr_expect(one("alice", SSO, "alice@h", ROLE));
    cr_expect_not(one("alice@10.0.0.7", NULL, "bob@10.0.0.7", NULL));
}

Test(person, two_logins_with_one_persons_arn_are_one_person)
{
    static const char *const arns[] = {USER, SSO, MAIL,
                                       "arn:aws:sts::123456789012:federated-user/al"};
    for (size_t i = 0; i < sizeof arns / sizeof *arns; i++) {
        cr_expect(one("alice@h", arns[i], "deploy@h", arns[i]), "%s", arns[i]);
        cr_expect_not(one("alice@h", arns[i], "deploy@h", NULL), "%s", arns[i]);
    }
    cr_expect_not(one("alice@h", SSO, "bob@h", USER));
}

Test(person, one_sign_in_is_one_person_whatever_it_is_allowed)
{
    cr_expect(one("alice@h", SSO, "deploy@h", SSO_ADMIN));
    cr_expect_not(one("alice@h", SSO, "bob@h", SSO_BOB));
    cr_expect_not(one("alice@h", SSO, "bob@h", MAIL), "a role that anybody may name so");
}

Test(person, a_machines_role_and_a_teams_user_tell_nobody_apart)
{
    cr_expect_not(one("alice@h", ROLE, "bob@h", ROLE));
    cr_expect_not(one("alice@h", TEAM, "bob@h", TEAM));
}
