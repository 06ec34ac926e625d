/* What the sentence on top of the fleet (headline.h) is made of, and what of it gives way where
 * there is no room for all. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What gives way first has the highest; RANK_STATE never does. */
enum part_rank {
    RANK_STATE,
    RANK_ALL,
    RANK_ONE,
    RANK_CONDUCTOR,
    RANK_WHY,
    RANK_CAUSE,
    RANK_CHANGE,
    RANK_ONE_OF_ALL,
    RANK_SPARE
};

struct part {
    char *text;
    char *brief;        /* what it says where there is little room; NULL: all of it or nothing */
    const char *before; /* what joins it to what is said before it */
    enum part_rank rank, brief_rank; /* brief_rank: of its brief form */
    bool elastic;                    /* it is cut, again and again, before it is left out */
};

/* struct part, in the order in which they are read. */
GArray *parts_new(void);
/* Takes its texts; one whose text is NULL is none. */
void parts_add(GArray *parts, struct part part);
/* The whole of it. Caller frees. */
char *parts_joined(const GArray *parts);
/* In at most `most` lines of `cols`; what has no room is gone from the parts. Lines are freed with
 * the array. */
GPtrArray *parts_lines(GArray *parts, int cols, int most);
