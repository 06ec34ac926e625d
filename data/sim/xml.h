/* XML and forms to and from JSON, as AWS's Query and REST-XML protocols use them. */
#pragma once

#include "data/base/own.h"

/* An element's children as an object, its text as text, repeated children as an array; the root
 * element itself is left out. NULL where it is no XML. New reference. */
json_t *sim_xml_read(const char *text, gsize length);

/* `value` as elements below `name`. An array becomes repeated elements: of `name` itself, or with
 * `member` set, of `member` inside one `name`. Keys that end in "Timestamp(s)" hold epoch seconds
 * and come out as ISO 8601. */
void sim_xml_write(GString *out, const char *name, const json_t *value, const char *member);

/* "A.member.1.B=x&C=y" as {A: [{B: x}], C: y}. New reference. */
json_t *sim_form_read(const char *form);
