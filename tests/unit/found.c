#include "tests/unit/found.h"

void found_keys(struct keys *keys, const GError *error, gpointer data)
{
    struct found *found = data;
    found->ended = true;
    found->text = g_strdup(keys ? keys->id : error->message);
}

char *find(struct identity *identity)
{
    struct found found = {0};
    identity_wait(identity, found_keys, &found);
    while (!found.ended)
        g_main_context_iteration(NULL, TRUE);
    return found.text;
}
