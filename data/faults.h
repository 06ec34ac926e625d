/* What is wrong with a text file, gathered and told all at once: for each fault its place as
 * "file:line:column", what it is, the line itself and a caret below the spot. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <stdbool.h>

struct faults;

/* Borrows `text` (of `length` bytes, need not end in a NUL); `file` is copied. */
struct faults *faults_new(const char *file, const char *text, size_t length);
void faults_free(struct faults *faults);
OWNABLE(faults, faults_free);

/* A fault at byte `at` of the text. Names taken from the file may be put into the message as they
 * are: it is cleaned when told. */
void faults_add(struct faults *faults, size_t at, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The byte at which a line and column begin, both counted from 1 and in characters. */
size_t faults_offset(const struct faults *faults, int line, int column);
/* The way back. */
void faults_position(const struct faults *faults, size_t at, int *line, int *column);

bool faults_any(const struct faults *faults);
/* CD_ERROR_USAGE with every fault, in the order of the file. The first 50 are spelled out. */
void faults_tell(struct faults *faults, GError **error);
