#pragma once

#include <stddef.h>
#include <stdint.h>

/// Bytes that are looked for, each with the bits that are set in a byte of the text before the two are
/// compared (0x20 for a letter in either case, or 0).
typedef struct {
  const uint8_t *bytes;
  const uint8_t *folds;
  size_t count;
  /// Two of its places, those whose bytes are the rarest: looked at first.
  size_t first_probe, second_probe;
} tracetop_needle;

/// The first place from `from` up to before `places` where the needle stands; `places` where it does at
/// none.
///
/// The needle has a byte at least, and behind the last place there are as many bytes of text as it has. 64
/// places are passed over at a time. Source: W. Mula, "SIMD-friendly algorithms for substring searching".
size_t tracetop_find(const uint8_t *text, size_t from, size_t places, tracetop_needle needle);
