#pragma once

/// Asks the processor to fetch a cache line that is about to be read. Never faults, whatever the address.
static inline void tracetop_prefetch(const void *address) { __builtin_prefetch(address); }
