import Store

/// The runs of a span's rarer fields: one run of the request where they stand side by side, a copy where not.
struct SpanExtras {
  private var run = WireBytes.empty
  private var isScattered = false
  /// Whether every string seen so far is UTF-8.
  var isClean = true

  /// Takes a field, tag included.
  mutating func take(_ field: WireBytes, _ scratch: inout WireWriter) {
    if isScattered {
      scratch.raw(field)
    } else if run.isEmpty {
      run = field
    } else if unsafe run.address + run.count == field.address {
      // Safe: both are runs of one body, and the second begins where the first ends.
      run = unsafe WireBytes(run.address, count: run.count + field.count)
    } else {
      isScattered = true
      scratch.removeAll()
      scratch.raw(run)
      scratch.raw(field)
    }
  }

  /// All fields taken, in order.
  func bytes(_ scratch: inout WireWriter, _ arena: Arena) -> WireBytes {
    isScattered ? arena.keep(scratch.bytes) : run
  }
}
