/* The pictures there are: a moment of the world, and the keys that lead to a screen. */
#pragma once

#include "tests/golden/world.h"

struct scene {
    const char *name; /* of its folder */
    enum moment moment;
    const char *keys;  /* glass.h */
    bool plain_styled; /* also in ASCII, and its styles */
    bool write;        /* as with --write */
};

extern const struct scene scenes[]; /* ends with one that has no name */
