#ifndef CLINUX_HEAP_H
#define CLINUX_HEAP_H

/// Gives memory that the heap holds but does not use back to the system.
void clinux_trim_heap(void);

#endif
