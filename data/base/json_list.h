/* Long lists in JSON, one element at a time: the tree of a whole megabyte of text takes twenty, and
 * walking memory that has left the processor's cache takes most of the time. */
#pragma once

#include "data/base/own.h"

typedef void (*json_element_fn)(json_t *element, gpointer data);

/* Reads a JSON object. If its member `list` is an array, the elements go to `fn` one after the
 * other, and an empty array stays in its place. Returns the object (new reference), or NULL where
 * the text is none; `fn` may have been called by then. */
json_t *json_list_read(const char *text, size_t length, const char *list, json_element_fn fn,
                       gpointer data);
