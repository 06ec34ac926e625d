#include "data/aws_value.h"

#include "data/base/when.h"

#include <math.h>

bool aws_time_value(const json_t *value, gint64 *at_ms)
{
    if (json_is_string(value))
        return when_parse(json_string_value(value), at_ms);
    double seconds = json_number_value(value);
    /* Beyond the year 9999 it is no moment, and would not fit. */
    if (!json_is_number(value) || !isfinite(seconds) || seconds < 0 || seconds > 253402300799.0)
        return false;
    *at_ms = (gint64)llround(seconds * 1000);
    return true;
}
