#ifndef CLINUX_H
#define CLINUX_H

#include "clinux_spawn.h"
#include "task_process.h"
#include "files.h"
#include "heap.h"
#include "udp_batch.h"

#endif
