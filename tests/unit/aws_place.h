/* AWS's files in a folder of a test's own, and an environment that leads to them and to no others.
 */
#pragma once

struct aws_place {
    char *dir;
    char **env;
    char *assumed; /* for a test: what was asked of its assumer; "" to begin with */
};
/* `config` and `credentials`: what is in those files; NULL: there is none. */
void aws_place_init(struct aws_place *place, const char *config, const char *credentials);
void aws_place_set(struct aws_place *place, const char *name, const char *value);
void aws_place_clear(struct aws_place *place);
