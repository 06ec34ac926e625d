#include "data/base/fault_switch.h"

#ifdef CELLDECK_TEST_FAULTS
enum fault fault_switched = FAULT_NONE;
#endif
