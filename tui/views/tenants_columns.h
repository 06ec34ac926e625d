/* The columns of the tenants: what of a registry's item each shows. */
#pragma once

#include "tui/views/sheet.h"

extern const struct sheet tenants_sheet; /* of struct tenant */
