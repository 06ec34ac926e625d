/* A registry of somebody who means harm, or whose software does. */
#pragma once

/* A scenario's tenants (data/sim/default.yaml) with ids and names that hold escape sequences,
 * direction marks, NUL, wide and combining characters, ten thousand letters, and numbers that are
 * none. Caller frees. */
char *hostile_scenario(void);
