/* AWS's small XML answers, flattened. */
#pragma once

#include <glib.h>

/* The text of the first element of each name that has text of its own: name -> text. NULL if it is
 * no XML. For answers where a name stands once (errors, AssumeRole), not for lists. */
GHashTable *xml_texts(const char *xml, gssize length, GError **error);

/* The texts of all elements of that name (char *), in order; none where it is no XML. */
GPtrArray *xml_list(const char *xml, gssize length, const char *name);

/* What the outermost element is called; NULL where it is no XML. Caller frees. */
char *xml_root(const char *xml, gssize length);
