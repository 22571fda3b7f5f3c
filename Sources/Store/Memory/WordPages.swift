import CPrefetch

/// Words straight from the system, zero at first, for a table that is looked at here and there; where it is
/// large, in large pages.
@safe struct WordPages: ~Copyable {
  private let words: UnsafeMutablePointer<UInt64>
  let count: Int

  init(count: Int) {
    precondition(count > 0, "a table has a word or more")
    self.count = count
    unsafe words = Pages.allocate(table: count * 8).assumingMemoryBound(to: UInt64.self)
  }

  deinit { unsafe Pages.free(words, count * 8) }

  @inline(__always)
  subscript(index: Int) -> UInt64 {
    get { unsafe address(index).pointee }
    set { unsafe address(index).pointee = newValue }
  }

  /// Has the processor fetch a word, so that reading it a little later does not wait for it.
  @inline(__always)
  func prefetch(_ index: Int) { unsafe tracetop_prefetch(address(index)) }

  @inline(__always)
  private func address(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    precondition(index >= 0 && index < count, "a word outside of the table")
    return unsafe words + index
  }
}
