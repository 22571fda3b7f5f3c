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
