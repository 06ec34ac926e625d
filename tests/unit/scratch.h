/* A folder of a test's own, for what it writes. */
#pragma once

char *scratch_new(void);
/* With all that is in it, also where nobody may write; frees the name. */
void scratch_remove(char *dir);
