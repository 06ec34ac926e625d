/* Versions as git tags (libgit2, read only: nothing is fetched and no hook runs). Tags, authors and
 * summaries are kept as they are in git: whoever shows them cleans them. A version is taken with or
 * without its `v`; `version` is always without, as `{version}` is. Blocking but local: a bare
 * repository on disk. */
#pragma once

#include "data/config.h"

struct release {
    char *version; /* "5.0.3" */
    char *tag;     /* "v5.0.3" */
    char *commit;  /* 40 hex digits: what the tag points to, peeled */
    gint64 at_ms;  /* commit time */
    char *summary; /* first line of the commit */
};
void release_free(struct release *release);
OWNABLE(release, release_free);

struct change {
    char *commit;
    gint64 at_ms;
    char *author, *summary;
};
struct changes {
    GPtrArray *commits;    /* struct change *, newest first */
    size_t files;          /* changed files between the two trees */
    GPtrArray *migrations; /* char *: changed paths that match releases.migrations */
    bool backwards;        /* `to` is an ancestor of `from` */
};
void changes_free(struct changes *changes);
OWNABLE(changes, changes_free);

struct releases;
struct releases *releases_open(const struct config *config, GError **error);
void releases_free(struct releases *releases);
OWNABLE(releases, releases_free);

/* Newest version first (by version, not by time): struct release *. Tags that match the glob but
 * are no version (X.Y.Z with an optional suffix) are left out. */
GPtrArray *releases_list(struct releases *releases, GError **error);
/* CD_ERROR_REFUSED with the nearest known version where there is none such, and where two tags
 * ("v5.0.3" and "5.0.3") name it and differ. */
struct release *releases_resolve(struct releases *releases, const char *version, GError **error);
/* What `to` has that `from` has not. Both are versions, resolved as above. */
struct changes *releases_changes(struct releases *releases, const char *from, const char *to,
                                 GError **error);
/* The same of two of releases_list(): each tag is not looked for among all of them again. */
struct changes *releases_changes_between(struct releases *releases, const struct release *from,
                                         const struct release *to, GError **error);

/* X.Y.Z with an optional -suffix and +build, with or without a `v`: nothing else is a version. */
bool version_is(const char *text);
/* Past the `v`, if there is one; within `text`. */
const char *version_bare(const char *text);
/* <0, 0, >0 as a sorts before, with or after b (semantic versioning's rule, suffixes included). */
int version_compare(const char *a, const char *b);
/* "5.0.3-a1b2c3" -> "5.0.3", "v5.0.3" -> "5.0.3": what a probe or a tag is compared by. A build's
 * suffix goes (a commit of 6 to 40 hex digits, or what follows a plus), "-rc.1" stays. Caller
 * frees. */
char *version_plain(const char *version);
