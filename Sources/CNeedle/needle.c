#include "CNeedle.h"

#include <stdbool.h>
#include <string.h>

// Thirty-two bytes at any address; compilers turn them into what a processor has.
typedef uint8_t bytes32 __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint64_t words32 __attribute__((vector_size(32)));

enum { WIDTH = sizeof(bytes32) };

static inline uint64_t word(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Whether the needle stands right here.
static inline bool stands(const uint8_t *text, const tracetop_needle *needle) {
  size_t index = 0;
  for (; index + 8 <= needle->count; index += 8)
    if ((word(text + index) | word(needle->folds + index)) != word(needle->bytes + index))
      return false;
  for (; index < needle->count; index++)
    if ((text[index] | needle->folds[index]) != needle->bytes[index]) return false;
  return true;
}

// All bits of each of the places from `place` on where both probes fit.
#define FITS(place)                                                                                \
  ((words32)((*(const bytes32 *)(one + (place)) | first_fold) == first) &                          \
   (words32)((*(const bytes32 *)(two + (place)) | second_fold) == second))

#define IS_ANY(words) (((words)[0] | (words)[1] | (words)[2] | (words)[3]) != 0)

size_t tracetop_find(const uint8_t *text, size_t from, size_t places, tracetop_needle needle) {
  const bytes32 zero = {0};
  const bytes32 first = zero + needle.bytes[needle.first_probe];
  const bytes32 first_fold = zero + needle.folds[needle.first_probe];
  const bytes32 second = zero + needle.bytes[needle.second_probe];
  const bytes32 second_fold = zero + needle.folds[needle.second_probe];
  const uint8_t *const one = text + needle.first_probe;
  const uint8_t *const two = text + needle.second_probe;
  size_t place = from;
  while (place < places && places - from >= WIDTH) {
    while (place + 2 * WIDTH <= places) {
      const words32 fits = FITS(place) | FITS(place + WIDTH);
      if (IS_ANY(fits)) break;
      place += 2 * WIDTH;
    }
    if (place == places) break;
    // The last look goes over places again at which the needle does not stand.
    const size_t begin = place + WIDTH <= places ? place : places - WIDTH;
    const words32 fits = FITS(begin);
    for (size_t number = 0; number < 4; number++)
      // A byte of the word after the other, the lowest first.
      for (uint64_t left = fits[number]; left != 0;) {
        const int byte = __builtin_ctzll(left) / 8;
        const size_t found = begin + number * 8 + (size_t)byte;
        if (found >= place && stands(text + found, &needle)) return found;
        left &= ~((uint64_t)0xFF << (byte * 8));
      }
    place = begin + WIDTH;
  }
  for (; place < places; place++)
    if (stands(text + place, &needle)) break;
  return place;
}
