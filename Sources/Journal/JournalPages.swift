internal import Glibc

/// A journal's pages as they lie on disk, for a hint where the newest frame is: what is in the log is not
/// looked at, and what is damaged leads nowhere.
///
/// Source: https://sqlite.org/fileformat2.html#b_tree_pages.
///
/// Each `unsafe` hands a buffer to the C library for the length of one call.
struct JournalPages {
  private let descriptor: Int32
  private let pageBytes: Int
  /// A page without what SQLite leaves free at its end.
  private let usableBytes: Int

  /// The table of frames: the first in a file with a map of pointers, which is the second page.
  private static let root = 3
  /// Whoever goes deeper goes round in circles.
  private static let mostLevels = 20
  private enum Kind { static let interior: UInt8 = 5, leaf: UInt8 = 13 }

  /// Pages of an open file, which stays the caller's; nil where it has no header.
  init?(_ descriptor: Int32) {
    self.descriptor = descriptor
    guard let header = Self.read(descriptor, at: 0, count: 100) else { return nil }
    let size = Self.number(header, 16, bytes: 2)
    pageBytes = size == 1 ? 65_536 : size
    usableBytes = pageBytes - Int(header[20])
    guard pageBytes >= 512, usableBytes >= 480 else { return nil }
  }

  /// Where the newest frame begins, in bytes; nil where that is not to be found.
  func newestFrame() -> Int? {
    var number = Self.root
    for _ in 0..<Self.mostLevels {
      guard number > 0, let page = page(number) else { return nil }
      switch page[0] {
      case Kind.interior: number = Self.number(page, 8, bytes: 4)
      case Kind.leaf:
        let cells = Self.number(page, 3, bytes: 2)
        let place = 8 + 2 * (cells - 1)
        guard cells > 0, place + 2 <= page.count else { return nil }
        let overflow = overflow(page, cell: Self.number(page, place, bytes: 2)) ?? number
        return overflow > 0 ? (overflow - 1) * pageBytes : nil
      default: return nil
      }
    }
    return nil
  }

  /// The first page of what a row has beyond its cell; nil where it has all.
  private func overflow(_ page: [UInt8], cell: Int) -> Int? {
    var place = cell
    guard let payload = Self.varint(page, &place), Self.varint(page, &place) != nil else {
      return nil
    }
    guard payload > usableBytes - 35 else { return nil }
    let least = (usableBytes - 12) * 32 / 255 - 23
    let most = least + (payload - least) % (usableBytes - 4)
    place += most <= usableBytes - 35 ? most : least
    return place + 4 <= page.count ? Self.number(page, place, bytes: 4) : nil
  }

  // MARK: - Reading

  private func page(_ number: Int) -> [UInt8]? {
    Self.read(descriptor, at: (number - 1) * pageBytes, count: pageBytes)
  }

  private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return unsafe pread(descriptor, &bytes, count, offset) == count ? bytes : nil
  }

  /// Big-endian, as everything in SQLite's files.
  static func number(_ bytes: [UInt8], _ place: Int, bytes count: Int) -> Int {
    bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number of at most 56 bits, seven to a byte; nothing here is longer.
  private static func varint(_ bytes: [UInt8], _ place: inout Int) -> Int? {
    var value = 0
    for _ in 0..<8 where place < bytes.count {
      let byte = bytes[place]
      place += 1
      value = value << 7 | Int(byte & 0x7F)
      if byte < 0x80 { return value }
    }
    return nil
  }
}
