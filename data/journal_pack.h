/* Long texts made short enough for an item of a table: gzip, as base64. What a plan of a thousand
 * cells says of each is much the same. */
#pragma once

#include <glib.h>

/* Caller frees. */
char *journal_pack(const char *text);
/* The text again; NULL where `packed` is none, or would be longer than `max` bytes. Caller frees.
 */
char *journal_unpack(const char *packed, gsize max);
