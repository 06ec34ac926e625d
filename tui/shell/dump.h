/* A screen as a text file. Nothing is ever overwritten, and nobody else may read it: tenants' names
 * stand in it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Where one goes that nobody named: $XDG_STATE_HOME/celldeck/screens, as it is a person's own and
 * the state folder may be shared by many. "20261127T124501Z-fleet.txt" in it; caller frees. */
char *dump_default_path(const char *screen, gint64 now_ms);
/* What was typed as a path: "~/x" is in one's home, "x" where celldeck was started. Caller frees.
 */
char *dump_path(const char *typed);

/* Writes the file, with mode 0600, and the folders to it where `folders`. Where there is one
 * already that is an error; with `folders` another name is taken ("...-fleet-2.txt"). Returns the
 * path (caller frees), or NULL with CD_ERROR_FAILED; then no part of it is left. It blocks. */
char *dump_write(const char *path, bool folders, const char *text, GError **error);
