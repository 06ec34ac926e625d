/* AWS's small XML answers, flattened. */
#pragma once

#include <glib.h>

/* The text of the first element of each name that has text of its own: name -> text. NULL if it is
 * no XML. For answers where a name stands once (errors, AssumeRole), not for lists. */
GHashTable *xml_texts(const char *xml, gssize length, GError **error);
