// The multi-threaded flavour of the client: without THREADED the header hides half of it.
#ifndef THREADED
#define THREADED
#endif
#include <zookeeper/zookeeper.h>
