/* Long lists in JSON, one element at a time: the tree of a whole megabyte of text takes twenty, and
 * walking memory that has left the processor's cache takes most of the time. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

struct json_list_reader {
    /* Optional: shown the text of an object before it is read. True: it is one that was read
     * before (given exactly this text), and nobody need read it again. */
    bool (*known)(const char *text, size_t length, gpointer data);
    /* An element, and the text that it was read from. */
    void (*element)(json_t *element, const char *text, size_t length, gpointer data);
};

/* Reads a JSON object. If its member `list` is an array, the elements go to `reader` one after the
 * other, and an empty array stays in its place. Returns the object (new reference), or NULL where
 * the text is none; `reader` may have been called by then. */
json_t *json_list_read(const char *text, size_t length, const char *list,
                       const struct json_list_reader *reader, gpointer data);
