#include "data/base/error.h"

G_DEFINE_QUARK(celldeck - error - quark, cd_error)

int cd_error_exit_code(const GError *error)
{
    if (!error)
        return 0;
    if (error->domain != CD_ERROR || error->code == CD_ERROR_CONFLICT)
        return CD_ERROR_FAILED;
    return error->code;
}
