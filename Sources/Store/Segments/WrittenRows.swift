/// Where the writer writes the fixed columns of the open segment: addresses alone, so that a field costs
/// a store.
@safe struct WrittenRows {
  let spanID: UnsafeMutablePointer<UInt64>
  let parentID: UnsafeMutablePointer<UInt64>
  let start: UnsafeMutablePointer<UInt64>
  let end: UnsafeMutablePointer<UInt64>
  let trace: UnsafeMutablePointer<UInt32>
  let name: UnsafeMutablePointer<UInt32>
  let shape: UnsafeMutablePointer<UInt32>
  let previous: UnsafeMutablePointer<UInt32>
  let extras: UnsafeMutablePointer<UInt32>
  let evidence: UnsafeMutablePointer<UInt32>
  let spanClass: UnsafeMutablePointer<UInt16>
  let resource: UnsafeMutablePointer<UInt16>
  let scope: UnsafeMutablePointer<UInt16>
  let role: UnsafeMutablePointer<UInt8>
  let eventCount: UnsafeMutablePointer<UInt8>

  /// The columns of a block one behind the other; whoever uses them keeps it.
  init(_ block: RowBlock) {
    var next = unsafe block.bytes
    func column<Element: BitwiseCopyable>(
      _ type: Element.Type = Element.self
    ) -> UnsafeMutablePointer<Element> {
      defer { unsafe next += SegmentRows.maximum * MemoryLayout<Element>.stride }
      return unsafe next.assumingMemoryBound(to: Element.self)
    }
    unsafe spanID = column()
    unsafe parentID = column()
    unsafe start = column()
    unsafe end = column()
    unsafe trace = column()
    unsafe name = column()
    unsafe shape = column()
    unsafe previous = column()
    unsafe extras = column()
    unsafe evidence = column()
    unsafe spanClass = column()
    unsafe resource = column()
    unsafe scope = column()
    unsafe role = column()
    unsafe eventCount = column()
  }
}
