/* What libraries and child processes write to stderr while the console has the terminal: it would
 * stand in the middle of a screen and be wiped away. It is put aside in memory, told (the console
 * shows it), and written to stderr once the terminal has been given back. A stderr that is no
 * terminal is left alone. One in a process, as the terminal is. */
#pragma once

#include <stdbool.h>

void aside_begin(void);
/* What has been written since the last time; NULL: nothing. Caller frees. */
char *aside_news(void);
/* Async-signal-safe; idempotent. */
void aside_end(void);
