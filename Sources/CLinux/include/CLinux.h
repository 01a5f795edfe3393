#ifndef CLINUX_H
#define CLINUX_H

#include "clinux_spawn.h"

#endif
