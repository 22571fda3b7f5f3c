import Glibc

/// Memory straight from the system, given back to it at once when freed.
///
/// Segments come and go for as long as the program runs; blocks of this size in malloc's heap would
/// leave holes that stay resident.
enum Pages {
  /// The smallest piece that can be given back; a multiple of any machine's own that this runs on.
  static let size = 1 << 14

  /// Zeroed memory of at least `count` bytes. Running out of address space ends the program.
  ///
  /// What `isFilledSoon` is given all its pages at once, which costs a good deal less than one fault for
  /// each when it is first touched.
  static func allocate(_ count: Int, isFilledSoon: Bool = false) -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isFilledSoon ? Int32(MAP_POPULATE) : 0)
    let block = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let block = unsafe block, unsafe block != MAP_FAILED else {
      fatalError("the system has no memory left")
    }
    return unsafe block
  }

  /// What a large page has; a table of a multiple of it may have such.
  static let largeSize = 1 << 21

  /// Whether a table of so many bytes gets large pages, where the system has any.
  static func areLarge(_ count: Int) -> Bool { count > 0 && count % largeSize == 0 }

  /// Zeroed memory for a table that is looked at here and there: each look at a page of the usual size
  /// that was not looked at for a while costs as much again to find the page, and more in a virtual
  /// machine. To be freed as any other.
  static func allocate(table count: Int) -> UnsafeMutableRawPointer {
    guard areLarge(count) else { return unsafe allocate(count) }
    let block = unsafe allocate(count + largeSize)
    let lead = (largeSize - Int(bitPattern: block) & (largeSize - 1)) & (largeSize - 1)
    // Safe: both lie inside of what was just given, before and behind the table.
    let table = unsafe block + lead
    if lead > 0 { unsafe free(block, lead) }
    unsafe free(table + count, largeSize - lead)
    // A kernel without large pages gives usual ones.
    _ = unsafe madvise(table, count, MADV_HUGEPAGE)
    return unsafe table
  }

  /// So many bytes or the next more that can be given back apart from others.
  static func rounded(_ count: Int) -> Int { (count + size - 1) / size * size }

  /// Gives memory that ``allocate(_:isFilledSoon:)`` only reserved its pages, at once.
  static func populate(_ block: UnsafeMutableRawPointer, _ count: Int) {
    // A kernel that does not know this gives each page when it is touched.
    _ = unsafe madvise(block, count, MADV_POPULATE_WRITE)
  }

  static func free(_ block: UnsafeMutableRawPointer, _ count: Int) {
    unsafe munmap(block, count)
  }
}
