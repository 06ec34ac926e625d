#include "rollout/person.h"

#include "data/base/text.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

char *actor_name(void)
{
    const char *sudo = getuid() == 0 ? g_getenv("SUDO_USER") : NULL;
    /* Not g_get_user_name(), which lets $LOGNAME choose between names of one uid. */
    const struct passwd *person = getpwuid(getuid());
    g_autofree char *number = g_strdup_printf("uid %u", (unsigned)getuid());
    const char *name = person ? person->pw_name : number;
    g_autofree char *login = text_clean(sudo && *sudo ? sudo : name);
    const char *ssh = g_getenv("SSH_CLIENT");
    if (!ssh || !*ssh)
        ssh = g_getenv("SSH_CONNECTION");
    if (!ssh || !*ssh)
        return g_steal_pointer(&login);
    g_autofree char *address = g_strndup(ssh, strcspn(ssh, " "));
    g_autofree char *clean = text_clean(address);
    return g_strdup_printf("%s@%s", login, clean);
}

char *actor_login(const char *actor)
{
    return g_strndup(actor, strcspn(actor, "@"));
}

/* The session or user that an ARN ends with, without a mail address's domain. */
static char *arn_name(const char *arn)
{
    const char *slash = strrchr(arn, '/');
    return slash ? actor_login(slash + 1) : g_strdup("");
}

/* Whoever signs in through IAM Identity Center bears one name, whatever it lets them be. */
static const char *sign_in_name(const char *arn)
{
    return strstr(arn, ":assumed-role/AWSReservedSSO_") ? strrchr(arn, '/') : NULL;
}

static bool is_of_person(const char *arn, const char *login)
{
    g_autofree char *name = arn_name(arn);
    return sign_in_name(arn) || strstr(arn, ":federated-user/") ||
           g_ascii_strcasecmp(name, login) == 0;
}

bool person_is(const struct person *person, const struct person *other)
{
    g_autofree char *one = actor_login(person->actor), *two = actor_login(other->actor);
    if (strcmp(one, two) == 0)
        return true;
    if (!person->arn || !other->arn)
        return false;
    const char *signed_in = sign_in_name(person->arn);
    if (signed_in && g_strcmp0(signed_in, sign_in_name(other->arn)) == 0)
        return true;
    return strcmp(person->arn, other->arn) == 0 &&
           (is_of_person(person->arn, one) || is_of_person(person->arn, two));
}

bool person_is_known(const struct person *person)
{
    g_autofree char *login = actor_login(person->actor);
    return person->arn && is_of_person(person->arn, login);
}
