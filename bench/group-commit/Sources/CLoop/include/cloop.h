#ifndef CLOOP_H
#define CLOOP_H

/// Creates `count` znodes named `<parent>/<prefix><n>` with `size` bytes each in multis of `batch`, one after the other.
/// Returns the seconds it took, or a negative ZooKeeper error.
double cloop_run(const char *servers, const char *parent, const char *prefix, int count, int batch, int size);

#endif
